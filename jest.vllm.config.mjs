import { base } from './jest.config.mjs';

/** Of `npm run test:vllm`: too heavy for every run of the tests. */
export default { ...base, testMatch: ['<rootDir>/test/inference/vllm/**/*.spec.ts'] };

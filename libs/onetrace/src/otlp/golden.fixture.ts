import { readFileSync } from 'node:fs';

/** Bodies of `POST /v1/traces` as real servers sent them. */
export const TRITON_JSON = readFileSync(new URL('../../test-fixtures/triton-2.51.otlp.json', import.meta.url));
export const VLLM_PROTOBUF = readFileSync(new URL('../../test-fixtures/vllm-0.32.0.otlp.bin', import.meta.url));

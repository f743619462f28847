export * from './component-logger.js';
export * from './flow-lines.js';
export * from './line-fields.js';
export { tapLines } from './line-taps.js';
export * from './line-writer.js';
export * from './nestjs-pino.js';
export * from './root-logger.js';

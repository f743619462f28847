export * from './configured-redaction.js';
export { isSecret } from './is-secret.js';
export * from './redact-pairs.js';
export * from './redact-text.js';
export * from './redact-value.js';
export { stepsOf } from './redacted-paths.js';
export * from './redaction-rules.js';

export * from './baggage.js';
export { spanOf, withSpan } from './flat-context.js';
export { configureIdentifierHash, hashIdentifier } from './identifier-hash.js';
export * from './identity.js';
export * from './notice.js';
export * from './suppressed-tracing.js';
export * from './trace-carrier.js';
export * from './trace-state.js';
export * from './trust.js';

export * from './baggage.js';
export * from './identity.js';
export * from './trace-carrier.js';
export * from './trust.js';
export { formatTraceparent, parseTraceparent } from '../semantics/index.js';

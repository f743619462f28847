export * from './baggage.js';
export * from './identity.js';
export * from './trace-carrier.js';
export * from './trust.js';

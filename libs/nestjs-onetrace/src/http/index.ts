export * from './failure-listener.js';
export * from './http-settings.js';
export * from './metrics-endpoint.js';
export { MiddlewareWatchModule } from './middleware-watch.js';
export * from './outgoing/outgoing-propagation.js';
export * from './request-traces.js';
export * from './server-entrance.js';
export * from './trace.interceptor.js';

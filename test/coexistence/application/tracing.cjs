/** The hand-made file that many applications preload: `node --require ./tracing.cjs main.js`. */
const { NodeSDK } = require('@opentelemetry/sdk-node');

const exported = [];
const exporter = {
  export(spans, done) {
    exported.push(...spans);
    done({ code: 0 });
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};
const sdk = new NodeSDK({ serviceName: 'theirs', traceExporter: exporter, instrumentations: [] });
sdk.start();
globalThis.preloaded = { exported, stop: () => sdk.shutdown() };

'use strict';
// Instrumentations without an SDK, preloaded: they get their tracers long before there is a provider.
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');

registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });

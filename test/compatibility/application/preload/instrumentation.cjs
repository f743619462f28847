'use strict';
// An application's own instrumentations: they write through whatever provider is registered, here through Onetrace's.
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');

registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });

'use strict';
// The application as CommonJS, with a tracer of its own fetched when the file is loaded.
require('reflect-metadata');
const { trace } = require('@opentelemetry/api');
const { serve } = require('./serve.cjs');

const tracer = trace.getTracer('shop');

void serve({
  tracer,
  common: require('@nestjs/common'),
  core: require('@nestjs/core'),
  onetrace: require('nestjs-onetrace'),
});

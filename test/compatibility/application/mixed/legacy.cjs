'use strict';
// A CommonJS dependency of an ESM application: it requires what the application imports.
const { Inject, Injectable, Module } = require('@nestjs/common');
const { currentTraceId, TracingService } = require('nestjs-onetrace');

class LegacyService {
  constructor(tracing) {
    this.tracing = tracing;
  }

  traceIds() {
    return { injected: this.tracing.currentTraceId(), required: currentTraceId() };
  }
}
Inject(TracingService)(LegacyService, undefined, 0);
Injectable()(LegacyService);

class LegacyModule {}
Module({ providers: [LegacyService], exports: [LegacyService] })(LegacyModule);

module.exports = { LegacyModule, LegacyService, TracingService };

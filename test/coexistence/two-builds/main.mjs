// The application as ES module, with a tracer of its own fetched when the file is loaded.
import 'reflect-metadata';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import { trace } from '@opentelemetry/api';
import * as onetrace from 'nestjs-onetrace';
import { serve } from './serve.cjs';

const tracer = trace.getTracer('shop');

await serve({ tracer, common, core, onetrace });

/**
 * The one door to OpenTelemetry's SDK packages. The build replaces this file by a bundle of them, so that an
 * application installs none of them through us and no peer range of theirs can quarrel with its own SDK.
 * Its types are ours: the published declarations name no SDK.
 */
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  detectResources,
  envDetector,
  hostDetector,
  processDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Attributes, AttributeValue, ContextManager } from '@opentelemetry/api';
import type { EndedSpan, SpanResource } from '../ended-span.js';

/** What a receiver says to an export it took: `rejectedSpans` of it were refused after all. */
export interface ExportResponse {
  readonly partialSuccess?: { readonly rejectedSpans?: number | string; readonly errorMessage?: string };
}

// Taken out of it, so that the bundle is without the serializer of requests beside it.
const { deserializeResponse } = ProtobufTraceSerializer as {
  readonly deserializeResponse: (body: Uint8Array) => ExportResponse;
};

/** Where and how OTLP over HTTP is sent. */
export interface OtlpHttpOptions {
  /** Complete address, `/v1/traces` included. */
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly timeoutMillis?: number;
  readonly compression?: string;
}

/** The same, with every `OTEL_EXPORTER_OTLP_*` variable read: certificates are inside the agent. */
export interface OtlpHttpConfiguration {
  readonly url: string;
  readonly headers: () => Promise<Record<string, string>>;
  readonly timeoutMillis: number;
  readonly compression: string;
  readonly agentFactory: (protocol: string) => HttpAgent | HttpsAgent | Promise<HttpAgent> | Promise<HttpsAgent>;
}

/** A source of resource attributes; those of a Promise come in later. */
export interface ResourceSource {
  detect(): { attributes?: Record<string, AttributeValue | undefined | Promise<AttributeValue | undefined>> };
}

/** Spans as the body of an OTLP request in JSON. */
export function jsonRequest(spans: EndedSpan[]): Uint8Array | undefined {
  return JsonTraceSerializer.serializeRequest(spans);
}

/** The answer to one. */
export function jsonResponse(body: Uint8Array): ExportResponse {
  return JsonTraceSerializer.deserializeResponse(body);
}

/** The answer to a request in protobuf. @throws Error when it is no such message. */
export function protobufResponse(body: Uint8Array): ExportResponse {
  return deserializeResponse(body);
}

/** OpenTelemetry's own reading of options and variables. @throws Error when the URL or the timeout is no such thing. */
export function otlpHttpConfiguration(options: OtlpHttpOptions, contentType: string): OtlpHttpConfiguration {
  return convertLegacyHttpOptions(options as never, 'TRACES', 'v1/traces', { 'Content-Type': contentType });
}

export const HOST_DETECTOR: ResourceSource = hostDetector;
export const PROCESS_DETECTOR: ResourceSource = processDetector;
/** `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`. */
export const VARIABLES_DETECTOR: ResourceSource = envDetector;

/** A resource from several sources; a later one wins. */
export function detectedResource(sources: readonly ResourceSource[]): SpanResource {
  return detectResources({ detectors: [...(sources as (typeof hostDetector)[])] });
}

/** A resource of known attributes. */
export function knownResource(attributes: Attributes): SpanResource {
  return resourceFromAttributes(attributes);
}

/** Carries the active context through asynchronous calls. */
export function createContextManager(): ContextManager {
  return new AsyncLocalStorageContextManager();
}

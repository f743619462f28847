import type { ConnectorVariant } from './connector.variants.ts';

/** What a client process is started with. */
export interface ConnectorClientSettings {
  readonly variant: ConnectorVariant;
  /** Folder whose `node_modules` has the openai package and its instrumentation. */
  readonly folder: string;
  /** URL of the model server. */
  readonly server: string;
  /** URL of the receiver of spans. */
  readonly receiver: string;
}

/**
 * What a client process is asked: calls or streams for so long, or so many, with so many under way; streams that are left after a few
 * events; `used`, the bytes in use after a collection of garbage.
 */
export type ConnectorOrder = WorkOrder | { readonly do: 'used' };

export interface WorkOrder {
  readonly do: 'call' | 'stream' | 'abort';
  readonly model: ModelName;
  readonly concurrency: number;
  /** At least. */
  readonly seconds: number;
  /** At least. */
  readonly count: number;
}

/** Answers at once, or only after a while, as a model does. */
export type ModelName = 'instant' | 'patient';

/** What an order took, spans handed over included. */
export interface ConnectorFigures {
  /** Calls that ended. */
  readonly calls: number;
  /** Events that came. */
  readonly events: number;
  /** Processor time of all threads, in microseconds. */
  readonly cpu: number;
  readonly seconds: number;
  /** Bytes on and off the heap; of `used` only. */
  readonly bytes: number;
}

/** The answer to an order, or to the start. */
export interface ConnectorReply {
  readonly figures?: ConnectorFigures;
  readonly error?: string;
}

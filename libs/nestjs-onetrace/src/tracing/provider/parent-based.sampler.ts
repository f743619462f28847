import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { Sampler } from './sampler.js';

/** Follows the decision of the parent, and asks another sampler where there is none to follow. */
export class ParentBasedSampler implements Sampler {
  /**
   * @param root Decides for the roots of traces.
   * @param trustRemote Whether a parent in another process is followed; else this process decides afresh.
   */
  constructor(
    private readonly root: Sampler,
    private readonly trustRemote: boolean,
  ) {}

  isSampled(traceId: string, parent: Pick<SpanContext, 'traceFlags' | 'isRemote'> | undefined): boolean {
    if (parent === undefined || (parent.isRemote === true && !this.trustRemote)) {
      return this.root.isSampled(traceId, undefined);
    }
    return (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
  }
}

import type { Sampler } from './sampler.js';

/** Samples a share of all traces, by trace ID: the decisions are those of OpenTelemetry's TraceIdRatioBasedSampler. */
export class RatioSampler implements Sampler {
  private readonly bound: number;

  /** @param ratio The share, 0 to 1. */
  constructor(ratio: number) {
    this.bound = ratio >= 1 ? 2 ** 32 : Math.floor(Math.max(0, ratio) * 0xffffffff);
  }

  isSampled(traceId: string): boolean {
    // The two shares that most applications choose need no look at the ID.
    if (this.bound === 2 ** 32) return true;
    if (this.bound === 0) return false;
    let folded = 0;
    for (let at = 0; at < 32; at += 8) folded ^= Number.parseInt(traceId.slice(at, at + 8), 16);
    return folded >>> 0 < this.bound;
  }
}

import { noticeOnce } from './notice.js';
import type { SamplingSettings } from './tracing-options.js';

/** Says once that `sampling` decides nothing beside an application's own provider, where it was given. */
export function noticeUnusedSampling({ ratio, trustParent }: SamplingSettings): void {
  if (ratio === undefined && trustParent) return;
  noticeOnce(
    'unused-sampling',
    "the option `sampling` has no effect beside the application's own OpenTelemetry provider, whose sampler decides; " +
      'give that one a sampler (OTEL_TRACES_SAMPLER), or leave the option out',
  );
}

import { noticeOnce } from '../notice.js';
import type { SamplingSettings } from '../tracing-options.js';
import { ParentBasedSampler } from './parent-based.sampler.js';
import { RatioSampler } from './ratio.sampler.js';
import { ALWAYS_OFF, ALWAYS_ON, type Sampler } from './sampler.js';

const SAMPLER = 'OTEL_TRACES_SAMPLER';
const ARGUMENT = 'OTEL_TRACES_SAMPLER_ARG';

/**
 * The sampler of the settings: an explicit ratio, else what `OTEL_TRACES_SAMPLER` names, else every trace. What the
 * variables say wrongly is told once and has no effect.
 */
export function createSampler(settings: SamplingSettings, env: NodeJS.ProcessEnv = process.env): Sampler {
  const parentBased = (root: Sampler): Sampler => new ParentBasedSampler(root, settings.trustParent);
  if (settings.ratio !== undefined) return parentBased(new RatioSampler(settings.ratio));
  const name = env[SAMPLER]?.trim();
  switch (name) {
    case 'always_on':
      return ALWAYS_ON;
    case 'always_off':
      return ALWAYS_OFF;
    case 'traceidratio':
      return new RatioSampler(readRatio(env));
    case 'parentbased_always_off':
      return parentBased(ALWAYS_OFF);
    case 'parentbased_traceidratio':
      return parentBased(new RatioSampler(readRatio(env)));
    case undefined:
    case '':
    case 'parentbased_always_on':
      return parentBased(ALWAYS_ON);
    default:
      noticeOnce(
        'sampler',
        `${SAMPLER} is "${name}", which is no sampler of this library; every trace is sampled. It takes always_on, ` +
          'always_off, traceidratio, parentbased_always_on, parentbased_always_off and parentbased_traceidratio',
      );
      return parentBased(ALWAYS_ON);
  }
}

function readRatio(env: NodeJS.ProcessEnv): number {
  const text = env[ARGUMENT]?.trim() ?? '';
  const ratio = text === '' ? Number.NaN : Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  noticeOnce('sampler-argument', `${ARGUMENT} is "${text}"; it takes a number from 0 to 1. Every trace is sampled`);
  return 1;
}

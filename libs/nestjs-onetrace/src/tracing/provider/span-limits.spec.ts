import { afterEach, describe, expect, it } from '@jest/globals';
import { setNoticeSink } from '../notice.js';
import { resolveSpanLimits } from './span-limits.js';

const OPEN = { attributes: undefined, attributeLength: undefined, events: undefined, links: undefined };
const DEFAULTS = {
  attributes: 128,
  attributeLength: Infinity,
  events: 128,
  links: 128,
  attributesPerEvent: 128,
  attributesPerLink: 128,
  uncut: new Set(),
};

const environment = process.env;
afterEach(() => {
  process.env = environment;
  setNoticeSink(() => undefined);
});

describe('limits of a span', () => {
  it.each<[string, NodeJS.ProcessEnv, object]>([
    ['none', {}, {}],
    [
      'the general ones',
      { OTEL_ATTRIBUTE_COUNT_LIMIT: '7', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '50' },
      { attributes: 7, attributeLength: 50, attributesPerEvent: 7, attributesPerLink: 7 },
    ],
    [
      'those of spans, before the general ones',
      {
        OTEL_ATTRIBUTE_COUNT_LIMIT: '7',
        OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '8',
        OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '9',
        OTEL_SPAN_EVENT_COUNT_LIMIT: '10',
        OTEL_SPAN_LINK_COUNT_LIMIT: '0',
        OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '11',
        OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '12',
      },
      { attributes: 8, attributeLength: 9, events: 10, links: 0, attributesPerEvent: 11, attributesPerLink: 12 },
    ],
  ])('follow the variables where the settings leave them open: %s', (_, env, expected) => {
    process.env = env;
    expect(resolveSpanLimits(OPEN)).toEqual({ ...DEFAULTS, ...expected });
  });

  it('cut no value that is hashed later: the hash of a beginning would make one person of two', () => {
    expect(resolveSpanLimits({ ...OPEN, attributeLength: 4 }, ['user.id']).uncut).toEqual(new Set(['user.id']));
  });

  it('follow the settings before the variables', () => {
    const settings = { attributes: 1, attributeLength: 2, events: 3, links: 4 };
    process.env = { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '8', OTEL_SPAN_LINK_COUNT_LIMIT: '8' };
    expect(resolveSpanLimits(settings)).toEqual({ ...DEFAULTS, ...settings });
  });

  it('tell of a variable that is no number, and go on with the default', () => {
    const notices: string[] = [];
    setNoticeSink((message) => notices.push(message));
    process.env = { OTEL_SPAN_EVENT_COUNT_LIMIT: '-1' };
    expect(resolveSpanLimits(OPEN)).toEqual(DEFAULTS);
    expect(notices).toEqual([expect.stringContaining('OTEL_SPAN_EVENT_COUNT_LIMIT is "-1"')]);
  });
});

import type { INestApplicationContext } from '@nestjs/common';
import { HttpMetrics } from '../metrics/index.js';

/** One sample of a metric. */
export interface CollectedMetric {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED = /\\([\\"n])/g;

/** What `/metrics` of an application would say now, as samples. */
export async function readMetrics(app: INestApplicationContext): Promise<CollectedMetric[]> {
  const { body } = await app.get(HttpMetrics, { strict: false }).expose();
  return readSamples(body);
}

/** The samples of Prometheus' text format. */
export function readSamples(text: string): CollectedMetric[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels: readLabels(labels), value: readValue(value) }];
  });
}

function readLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [
      name,
      value.replace(ESCAPED, (_, letter: string) => (letter === 'n' ? '\n' : letter)),
    ]),
  );
}

function readValue(text: string | undefined): number {
  return Number(text?.replace('Inf', 'Infinity'));
}

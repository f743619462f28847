/** How a history came to be: what traced the workflow, and the packages that this needs. */
export interface Recording {
  readonly name: string;
  readonly tracing: 'none' | 'official-v1' | 'official-v2' | 'onetrace';
  /** Packages of a folder of their own; none where those of this repository do. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Options of our plugin. */
  readonly options?: object;
}

const sdk = (version: string): Record<string, string> =>
  Object.fromEntries(
    ['activity', 'client', 'common', 'worker', 'workflow'].map((part) => [`@temporalio/${part}`, version]),
  );

/**
 * What is recorded. A change of what we write into headers or derive gets a new name with the next number; what was recorded
 * under an earlier name stays, because such workflows are running somewhere.
 */
export const RECORDINGS: readonly Recording[] = [
  { name: 'untraced', tracing: 'none' },
  {
    name: 'official-v1',
    tracing: 'official-v1',
    packages: {
      ...sdk('1.24.0'),
      '@temporalio/interceptors-opentelemetry': '1.24.0',
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/resources': '1.30.1',
      '@opentelemetry/sdk-trace-node': '1.30.1',
    },
  },
  {
    name: 'official-v2',
    tracing: 'official-v2',
    packages: {
      ...sdk('1.23.0'),
      '@temporalio/interceptors-opentelemetry-v2': '1.23.0',
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/resources': '2.12.0',
      '@opentelemetry/sdk-trace-node': '2.12.0',
    },
  },
  { name: 'onetrace-1', tracing: 'onetrace' },
  {
    name: 'onetrace-1-new-traces',
    tracing: 'onetrace',
    options: { continueAsNew: 'newTrace', runWorkflowSpan: 'onComplete' },
  },
];

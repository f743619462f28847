/** What one worker of `npm run bench -- temporal` is made of. */
export interface TemporalVariant {
  readonly name: string;
  /** Which SDK it runs on: that of this repository, or the newest one that the official interceptors install on. */
  readonly sdk: 'own' | 'official';
  readonly tracing: 'none' | 'onetrace' | 'official';
  /** Whether the lines that Onetrace writes about workflows and activities are written. */
  readonly lines: boolean;
  /** Spans of one workflow with three activities, that of its start by the client among them. */
  readonly spans: number;
  /** Name of the variant that it is held against: the same SDK without tracing. */
  readonly reference: string;
}

/** Workflows that are run to their end, one activity after the other. */
export type Workload = 'threeLocalActivities' | 'threeActivities';

export const WORKLOADS: Readonly<Record<Workload, string>> = {
  threeLocalActivities: 'three local activities',
  threeActivities: 'three activities',
};

const UNTRACED = 'untraced';
const UNTRACED_OFFICIAL = 'untraced, SDK of the official interceptors';

export const VARIANTS: readonly TemporalVariant[] = [
  { name: UNTRACED, sdk: 'own', tracing: 'none', lines: false, spans: 0, reference: UNTRACED },
  { name: 'onetrace', sdk: 'own', tracing: 'onetrace', lines: true, spans: 9, reference: UNTRACED },
  { name: 'onetrace, no lines', sdk: 'own', tracing: 'onetrace', lines: false, spans: 9, reference: UNTRACED },
  { name: UNTRACED_OFFICIAL, sdk: 'official', tracing: 'none', lines: false, spans: 0, reference: UNTRACED_OFFICIAL },
  {
    name: 'official interceptors',
    sdk: 'official',
    tracing: 'official',
    lines: false,
    spans: 9,
    reference: UNTRACED_OFFICIAL,
  },
];

/** The variants whose name contains the text, and those that they are held against. */
export function chosenVariants(filter: string): TemporalVariant[] {
  const references = new Set(VARIANTS.filter(({ name }) => name.includes(filter)).map(({ reference }) => reference));
  return VARIANTS.filter(({ name }) => name.includes(filter) || references.has(name));
}

/** What a variant is held against; itself, if it is a reference. */
export function referenceOf({ reference }: TemporalVariant): TemporalVariant {
  const found = VARIANTS.find(({ name }) => name === reference);
  if (found === undefined) throw new Error(`no variant is called ${reference}`);
  return found;
}

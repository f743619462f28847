/** What one client of `npm run bench -- connector` is made of. */
export interface ConnectorVariant {
  readonly name: string;
  /** `undici`: a pool, `JSON.parse`, and for streams eventsource-parser: what somebody writes who traces nothing. */
  readonly client: 'undici' | 'onetrace' | 'openai';
  /** Whether spans are recorded and sent to a receiver, every one of them, and metrics are counted. */
  readonly recording: boolean;
  /** Whether the lines of calls and attempts are written. */
  readonly lines: boolean;
  /** Name of the variant that it is held against. */
  readonly reference: string;
}

const UNDICI = 'undici';
const OPENAI = 'openai package';
const PLAIN = { recording: false, lines: false };

export const VARIANTS: readonly ConnectorVariant[] = [
  { name: UNDICI, client: 'undici', ...PLAIN, reference: UNDICI },
  { name: 'onetrace', client: 'onetrace', recording: true, lines: true, reference: UNDICI },
  { name: 'onetrace, no lines', client: 'onetrace', recording: true, lines: false, reference: UNDICI },
  { name: 'onetrace, nothing recorded', client: 'onetrace', ...PLAIN, reference: UNDICI },
  { name: OPENAI, client: 'openai', ...PLAIN, reference: UNDICI },
  { name: 'openai package, instrumented', client: 'openai', recording: true, lines: false, reference: UNDICI },
];

/** The variants whose name contains the text, and the one that they are held against. */
export function chosenVariants(filter: string): ConnectorVariant[] {
  return VARIANTS.filter(({ name, reference }) => name === reference || name.includes(filter));
}

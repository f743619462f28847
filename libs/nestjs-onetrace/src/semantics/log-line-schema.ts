import { type LOG_FIELDS, LOG_LEVELS } from './log-fields.js';

/** One field of a line, for readers and for machines. */
interface FieldDescription {
  /** What it is, as a sentence's end. */
  readonly is: string;
  /** When it is there. */
  readonly present: string;
  /** Its part of the JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>;
}

type FieldName = (typeof LOG_FIELDS)[number] | 'error' | 'extra';

const ALWAYS = 'always';
const IN_TRACE = 'whenever there is a trace';
const TEXT = { type: 'string', minLength: 1 };
const TRACE_ID = { type: 'string', pattern: '^(?!0{32}$)[0-9a-f]{32}$' };
const SPAN_ID = { type: 'string', pattern: '^(?!0{16}$)[0-9a-f]{16}$' };

/** Every field of a line in the order in which they are written; the table in the reference and the JSON Schema are made of it. */
export const LOG_FIELD_DESCRIPTIONS: Readonly<Record<FieldName, FieldDescription>> = {
  timestamp: {
    is: 'when it was said: ISO 8601, milliseconds, UTC',
    present: ALWAYS,
    schema: { type: 'string', pattern: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$` },
  },
  level: { is: LOG_LEVELS.map((level) => `\`${level}\``).join(', '), present: ALWAYS, schema: { enum: LOG_LEVELS } },
  message: { is: 'what happened', present: ALWAYS, schema: { type: 'string' } },
  trace_id: { is: '32 hexadecimal digits, sampled or not', present: IN_TRACE, schema: TRACE_ID },
  span_id: { is: '16 hexadecimal digits, the span that was active', present: IN_TRACE, schema: SPAN_ID },
  parent_span_id: {
    is: 'the parent of that span, so that a span lost with its process can be rebuilt',
    present: 'on starts, and ends of workflows',
    schema: SPAN_ID,
  },
  component: {
    is: '`nginx`, `gateway`, `temporal`, `worker`, `connector`, `inference`, or the name of your application',
    present: ALWAYS,
    schema: TEXT,
  },
  client_id: { is: 'who asked, as the edge authenticated them', present: 'when known', schema: TEXT },
  pipeline_id: { is: 'what `identify()` or baggage says', present: 'when known', schema: TEXT },
  tenant_id: { is: 'what `identify()` or baggage says', present: 'when known', schema: TEXT },
  user_id: { is: 'what `identify()` or baggage says, hashed', present: 'when known', schema: TEXT },
  workflow_id: { is: 'of the Temporal workflow', present: 'on lines about one, in its activities', schema: TEXT },
  run_id: { is: 'run of the Temporal workflow', present: 'on lines about one, in its activities', schema: TEXT },
  activity: { is: 'name of the Temporal activity', present: 'on lines about one, and inside it', schema: TEXT },
  attempt: {
    is: 'attempt of the activity or call, counted from 1',
    present: 'on lines about one, and inside it',
    schema: { type: 'integer', minimum: 1 },
  },
  duration_ms: {
    is: 'how long it took, in milliseconds',
    present: 'on lines that say how something ended',
    schema: { type: 'number', minimum: 0 },
  },
  error: {
    is: '`{ type, message, stack, cause, errors, extra }` of what was thrown',
    present: 'on lines about an error',
    schema: { $ref: '#/$defs/error' },
  },
  extra: {
    is: 'everything else: all fields of your own',
    present: 'when there is more',
    schema: { type: 'object', minProperties: 1 },
  },
};

const ERROR_SCHEMA = {
  description: 'Whatever was thrown.',
  type: 'object',
  properties: {
    type: { description: 'Its code, else the name of its class, else the kind of the value.', ...TEXT },
    message: { description: 'Its message.', type: 'string' },
    stack: { description: 'Its stack.', ...TEXT },
    cause: { description: 'What caused it.', $ref: '#/$defs/error' },
    errors: { description: 'The errors of an AggregateError.', type: 'array', items: { $ref: '#/$defs/error' } },
    extra: { description: 'Its own properties besides these.', type: 'object' },
  },
  required: ['type', 'message'],
  additionalProperties: false,
};

/** The JSON Schema of a line, dialect 2020-12. */
export function logLineSchema(): Readonly<Record<string, unknown>> {
  const fields = Object.entries(LOG_FIELD_DESCRIPTIONS);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:onetrace:log-line',
    title: 'A log line of Onetrace',
    description: 'One JSON object a line, at most 32768 bytes of UTF-8.',
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, { is, present, schema }]) => [name, { description: `${is} (${present})`, ...schema }]),
    ),
    required: fields.filter(([, { present }]) => present === ALWAYS).map(([name]) => name),
    dependentRequired: { span_id: ['trace_id'], parent_span_id: ['trace_id', 'span_id'] },
    additionalProperties: false,
    $defs: { error: ERROR_SCHEMA },
  };
}

/** The fields as the rows of the table in the reference. */
export function logFieldRows(): readonly string[] {
  return Object.entries(LOG_FIELD_DESCRIPTIONS).map(
    ([name, { is, present }]) => `| \`${name}\` | ${is} | ${present} |`,
  );
}

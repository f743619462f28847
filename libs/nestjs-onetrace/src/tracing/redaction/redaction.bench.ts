import { redactText } from './redact-text.js';
import { redactPaths, redactValue } from './redact-value.js';

const MESSAGES = ['request completed', 'sleep log created', 'retrying the call', 'cache missed for pipeline'];
const ROUTES = ['/v1/pipelines/:name/runs', '/v1/sleep-logs', '/v1/users/:id/settings', '/orders'];
const IDS = ['550e8400-e29b-41d4-a716-446655440000', '0af7651916cd43dd8448eb211c80319c', 'w-7f3a', 'sleep-log-12'];
const FIELDS = MESSAGES.map((_message, index) => ({
  method: 'POST',
  route: ROUTES[index],
  status: 200 + index,
  request_id: IDS[index],
  cached: true,
}));
const NESTED = FIELDS.map((fields) => ({
  ...fields,
  usage: { input_tokens: 12, output_tokens: 48 },
  items: [1, 2, 3],
}));
const SECRETS = FIELDS.map((fields) => ({
  ...fields,
  note: 'sent Bearer abc.def to https://u:p@host/?sig=x',
  password: 'x',
}));

/** Everything that a line is asked, without the writing of it. */
function redactLine(message: string, fields: object): number {
  let kept = redactText(message) === message ? 1 : 0;
  const extra = redactPaths(fields) as Record<string, unknown>;
  for (const key in extra) if (redactValue(key, extra[key]) === extra[key]) kept += 1;
  return kept;
}

const cycle = (lines: readonly object[]) => () => {
  let next = 0;
  return () => redactLine(MESSAGES[(next = (next + 1) & 3)] as string, lines[next] as object);
};

/** Redaction of a line: a message and five fields, nothing to redact but where the name says so. */
export default {
  line: { nothing: cycle(FIELDS), secrets: cycle(SECRETS) },
  json: {
    bare: () => {
      let next = 0;
      return () => JSON.stringify(NESTED[(next = (next + 1) & 3)]);
    },
    redacted: () => {
      let next = 0;
      return () => JSON.stringify(NESTED[(next = (next + 1) & 3)], redactValue);
    },
  },
};

import { noticeOnce } from '../notice.js';
import type { Attempt } from './otlp-transport.js';

/** Says, once for each kind of failure, that spans did not reach a receiver, and what to do about it. */
export function noticeUndelivered(receiver: URL, attempt: Exclude<Attempt, { outcome: 'taken' }>, spans: number): void {
  const { reason, status } = attempt;
  // Without user, password and query, which may be secrets.
  const address = `${receiver.origin}${receiver.pathname}`;
  if (status === undefined) {
    noticeOnce(
      'delivery',
      `spans could not be delivered to ${address}; start a receiver there (\`npx onetrace dev\`), ` +
        'set OTEL_EXPORTER_OTLP_ENDPOINT, or switch the export off with `export: "none"`',
      { spans, reason },
    );
    return;
  }
  noticeOnce(`delivery:${status}`, `${address} takes no spans (status ${status}); ${remedy(status)}`, {
    spans,
    reason,
  });
}

/** Somebody answers: the address, the headers or the receiver itself is to be mended. */
function remedy(status: number): string {
  if (status === 401 || status === 403) {
    return 'give what it asks for in `export.headers` or OTEL_EXPORTER_OTLP_HEADERS';
  }
  if (status === 404 || status === 405) {
    return 'check `export.url` or OTEL_EXPORTER_OTLP_ENDPOINT: each is the base address, to which /v1/traces is added';
  }
  return 'its own log says why';
}

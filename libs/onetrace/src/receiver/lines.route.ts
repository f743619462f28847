import type { IncomingMessage } from 'node:http';
import { parseLine } from '../lines/line.parser.js';
import { OnetraceError } from '../onetrace.error.js';
import type { Store } from '../store/store.js';
import { BATCH_HEADER, LINES_CONTENT_TYPE } from './lines.protocol.js';
import { mediaTypeOf } from './otlp.route.js';
import { errorReply, jsonReply, type Reply } from './reply.js';
import { readBody } from './request.body.js';

const REMEMBERED_BATCHES = 4096;

/** Takes `POST /lines?component=NAME`: lines of one program, JSON or plain text, one a line. */
export class LinesRoute {
  private readonly batches = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly bodyLimit: number,
  ) {}

  async receive(request: IncomingMessage, url: URL): Promise<Reply> {
    if (mediaTypeOf(request) !== LINES_CONTENT_TYPE) {
      return errorReply(
        new OnetraceError(
          'ONETRACE_REQUEST_UNSUPPORTED',
          `Content-Type ${JSON.stringify(mediaTypeOf(request))} is not supported; send ${LINES_CONTENT_TYPE}`,
        ),
      );
    }
    try {
      const body = await readBody(request, this.bodyLimit);
      const batch = request.headers[BATCH_HEADER];
      if (typeof batch === 'string' && this.batches.has(batch)) return jsonReply(200, { stored: 0 });
      const stored = this.keep(body.toString(), url.searchParams.get('component') ?? undefined);
      if (typeof batch === 'string') this.remember(batch);
      return jsonReply(200, { stored });
    } catch (error) {
      return errorReply(error);
    }
  }

  private keep(text: string, component: string | undefined): number {
    const defaults = { timeMs: Date.now(), ...(component !== undefined && { component }) };
    const lines = text.split('\n').flatMap((line) => parseLine(line, defaults) ?? []);
    this.store.add([], lines);
    return lines.length;
  }

  private remember(batch: string): void {
    this.batches.add(batch);
    const [oldest] = this.batches;
    if (this.batches.size > REMEMBERED_BATCHES && oldest !== undefined) this.batches.delete(oldest);
  }
}

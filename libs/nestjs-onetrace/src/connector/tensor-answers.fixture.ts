import type { Answer, ModelServer } from './model-server.fixture.js';

/** A KServe v2 message with binary tensors, taken apart by the extension's own words. */
export interface BinaryMessage {
  readonly head: Readonly<Record<string, unknown>>;
  readonly rest: Buffer;
}

/** The last request of a server, whose tensors are binary. */
export function lastMessage(model: ModelServer): BinaryMessage {
  const body = model.bodies.at(-1) ?? Buffer.alloc(0);
  const length = Number(model.received.at(-1)?.headers['inference-header-content-length']);
  const head = JSON.parse(body.subarray(0, length).toString('utf8')) as BinaryMessage['head'];
  return { head, rest: body.subarray(length) };
}

/** An answer with binary tensors. */
export const binary =
  (head: object, rest: Buffer, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    const json = Buffer.from(JSON.stringify(head));
    response
      .writeHead(200, {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': String(json.length),
        ...headers,
      })
      .end(Buffer.concat([json, rest]));
  };

/** Answers with what it was given, byte by byte. */
export const echo =
  (model: ModelServer): Answer =>
  (request, response) => {
    const { head, rest } = lastMessage(model);
    binary({ model_name: 'echo', model_version: '1', id: head['id'], outputs: head['inputs'] }, rest)(
      request,
      response,
    );
  };

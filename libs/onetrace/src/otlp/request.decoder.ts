import { OnetraceError } from '../onetrace.error.js';
import { objectFrom } from './attribute.reader.js';
import type { OtlpEncoding } from './otlp.response.js';
import type { MessageSchema } from './otlp.schema.js';
import { decodeMessage } from './protobuf.decoder.js';

/**
 * An export request of either encoding in the shape of the JSON one.
 * @throws OnetraceError `ONETRACE_REQUEST_MALFORMED` when the body is not such a message.
 */
export function decodeRequest(
  schema: MessageSchema,
  encoding: OtlpEncoding,
  body: Uint8Array,
): Record<string, unknown> {
  const listName = schema[1]?.name ?? '';
  try {
    const request =
      encoding === 'json' ? objectFrom(JSON.parse(Buffer.from(body).toString())) : decodeMessage(schema, body);
    if (request === undefined) throw new TypeError('it is not a JSON object');
    const list = request[listName];
    if (list !== undefined && list !== null && !Array.isArray(list)) throw new TypeError(`${listName} is not a list`);
    return request;
  } catch (error) {
    throw new OnetraceError(
      'ONETRACE_REQUEST_MALFORMED',
      `the body (${body.byteLength} bytes) is not OTLP ${encoding}: ${(error as Error).message}; ` +
        'check that Content-Type and Content-Encoding say what is sent',
      { cause: error },
    );
  }
}

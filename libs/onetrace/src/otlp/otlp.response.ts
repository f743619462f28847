import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** The two encodings of OTLP/HTTP by their content types. */
export const OTLP_CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

/** Which encoding a request uses; the answer uses the same one. */
export type OtlpEncoding = keyof typeof OTLP_CONTENT_TYPES;

const RPC_INVALID_ARGUMENT = 3;

/**
 * Export...ServiceResponse: empty when everything was taken, else a partial success with the number refused and one reason.
 * The messages for traces and logs differ in a name only.
 */
export function encodeExportResponse(
  encoding: OtlpEncoding,
  rejectedName: 'rejectedSpans' | 'rejectedLogRecords',
  rejected: number,
  reason: string | undefined,
): Uint8Array {
  if (encoding === 'json') {
    const partialSuccess = { [rejectedName]: String(rejected), errorMessage: reason ?? '' };
    return Buffer.from(JSON.stringify(rejected === 0 ? {} : { partialSuccess }));
  }
  const writer = new BinaryWriter();
  if (rejected > 0) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int64(rejected);
    writer.tag(2, WireType.LengthDelimited).string(reason ?? '');
    writer.join();
  }
  return writer.finish();
}

/** `google.rpc.Status`, which OTLP/HTTP asks for in every 4xx and 5xx answer. */
export function encodeStatus(encoding: OtlpEncoding, message: string): Uint8Array {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code: RPC_INVALID_ARGUMENT, message }));
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(RPC_INVALID_ARGUMENT);
  writer.tag(2, WireType.LengthDelimited).string(message);
  return writer.finish();
}

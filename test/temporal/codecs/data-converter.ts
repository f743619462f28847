import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

const { Payload: Message } = proto.temporal.api.common.v1;
const KEY = Buffer.alloc(32, 7);
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Compresses and encrypts (AES-256-GCM) whole payloads, as Temporal's samples do. */
class EncryptionCodec implements PayloadCodec {
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', KEY, iv);
      const text = Buffer.concat([cipher.update(gzipSync(Message.encode(payload).finish())), cipher.final()]);
      return {
        metadata: { encoding: Buffer.from('binary/encrypted') },
        data: Buffer.concat([iv, cipher.getAuthTag(), text]),
      };
    });
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map(({ metadata, data }) => {
      const bytes = Buffer.from(data ?? []);
      if (Buffer.from(metadata?.['encoding'] ?? []).toString() !== 'binary/encrypted') {
        throw new Error('a payload that is not encrypted was given to the codec');
      }
      const decipher = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return Message.decode(gunzipSync(text));
    });
  }
}

/** What an application that hides its data from Temporal gives to clients and workers. */
export const ENCRYPTING: DataConverter = {
  payloadCodecs: [new EncryptionCodec()],
  failureConverterPath: fileURLToPath(new URL('failure-converter.fixture.ts', import.meta.url)),
};

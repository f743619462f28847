import { DefaultPayloadConverterWithProtobufs } from '@temporalio/common/lib/protobufs.js';
import { Root } from 'protobufjs/light.js';

// Loaded by path: by the client, the worker, and inside the isolate.
const root = Root.fromJSON({
  nested: { models: { nested: { Question: { fields: { text: { type: 'string', id: 1 } } } } } },
});

/** A message in protobuf, as an application has them. */
export const Question = root.lookupType('models.Question');

/** What such an application gives to clients and workers; everything else is plain JSON. */
export const payloadConverter = new DefaultPayloadConverterWithProtobufs({
  // The SDK's type wants the index signature that code generated from .proto files has.
  protobufRoot: root as unknown as Record<string, unknown>,
});

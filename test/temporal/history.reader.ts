import { createRequire } from 'node:module';

interface ProtoJson {
  readonly fromJson: (type: unknown, json: unknown, options: object) => object;
}

/**
 * Reads a history from JSON as the server's command line writes it. `Worker.runReplayHistory` could, too, but where npm has put
 * several copies of protobufjs into the tree, as here, the SDK asks the one for types of another ("type must be a Type").
 */
export function readHistory(json: unknown): object {
  const ofProto = createRequire(createRequire(import.meta.url).resolve('@temporalio/proto'));
  const { fromJson } = ofProto('protobufjs/ext/protojson') as ProtoJson;
  const root = ofProto('@temporalio/proto/protos/root') as { lookupType(name: string): unknown };
  return fromJson(root.lookupType('temporal.api.history.v1.History'), json, { ignoreUnknownFields: true });
}

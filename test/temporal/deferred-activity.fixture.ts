import { rename, writeFile } from 'node:fs/promises';
import { activityInfo, CompleteAsyncError } from '@temporalio/activity';
import { currentTraceCarrier } from 'nestjs-onetrace/temporal';

/** What the activity hands over to whoever completes it. */
export interface HandedOver {
  taskToken: string;
  activityId: string;
  carrier: Record<string, string>;
}

/** Leaves its task token in a file, and its completion to somebody else. */
export async function completedLater(file: string): Promise<string> {
  const { base64TaskToken, activityId, attempt } = activityInfo();
  const handedOver: HandedOver = { taskToken: base64TaskToken, activityId, carrier: currentTraceCarrier() };
  await writeFile(`${file}.part`, JSON.stringify(handedOver));
  await rename(`${file}.part`, `${file}.${attempt}`);
  throw new CompleteAsyncError();
}

import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { currentTraceId } from 'nestjs-onetrace/temporal/workflow';

const { shout } = proxyActivities<{ shout(text: string): Promise<string> }>({ startToCloseTimeout: '10s' });
const local = proxyLocalActivities<{ shout(text: string): Promise<string> }>({ startToCloseTimeout: '10s' });

export async function greet(name: string): Promise<string> {
  if (currentTraceId() === undefined) throw new Error('no trace');
  return local.shout(await shout(`hello ${name}`));
}

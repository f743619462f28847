import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, log } from '@temporalio/activity';
import { getIdentity, type Identity } from 'nestjs-onetrace';

export { completedLater } from './deferred-activity.fixture.ts';

export async function preprocess(input: string): Promise<string> {
  log.info('in the activity');
  log.debug('a detail of the activity');
  return input.trim();
}

export async function failsOnce(input: string): Promise<string> {
  await sleep(5);
  if (activityInfo().attempt === 1) throw new Error('503 from the model');
  return `answer to ${input}`;
}

export async function postprocess(input: string): Promise<string> {
  return input.toUpperCase();
}

/** What an activity's calls would carry on. */
export async function identity(): Promise<Identity> {
  return getIdentity();
}

export async function alwaysFails(): Promise<void> {
  throw new TypeError('the model hung up');
}

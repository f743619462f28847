import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ApplicationFailure, heartbeat, log } from '@temporalio/activity';
import { componentLogger } from 'nestjs-onetrace';
import type { Smuggled } from '../secrets.ts';
import { askModels } from './models.fixture.ts';

/** Writes by every logger that an activity has. */
export async function writesLines({ key, value, text }: Smuggled): Promise<Smuggled['text']> {
  const bag = { [key]: value };
  const deep = { a: [{ b: bag }], note: text };
  log.info(text);
  log.warn(`in front ${text} and behind`, bag);
  log.error('deep', { deep, error: Object.assign(new Error(text, { cause: new Error(text) }), bag) });
  new Logger('Activity').warn(text, bag);
  componentLogger().warn(text, { extra: deep, error: new Error(text) });
  return text;
}

/** Fails twice, the second time for good, with all that a failure can hold. */
export async function fails({ key, value, text }: Smuggled): Promise<void> {
  heartbeat({ [key]: value, note: text });
  throw ApplicationFailure.create({
    message: text,
    type: text,
    details: [text, { [key]: value }],
    cause: Object.assign(new TypeError(text, { cause: new Error(text) }), { [key]: value }),
  });
}

/** Throws what is no error. */
export async function throwsAnObject({ key, value, text }: Smuggled): Promise<void> {
  throw { [key]: value, note: text };
}

/** Is still at work when its time is over; its last heartbeat goes into the failure. */
export async function lingers({ key, value, text }: Smuggled): Promise<void> {
  heartbeat({ [key]: value, note: text });
  await sleep(800);
}

export async function asksModels(secret: Smuggled, index: number): Promise<void> {
  await askModels(secret, index);
}

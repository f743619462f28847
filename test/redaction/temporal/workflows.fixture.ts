import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  log,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { Smuggled } from '../secrets.ts';
import type * as activities from './activities.fixture.ts';

// Bundled for the workflow isolate by the worker; never run by Node itself.

const retry = { initialInterval: '10ms', maximumAttempts: 2 };
const remote = proxyActivities<typeof activities>({ startToCloseTimeout: '60s', retry });
const local = proxyLocalActivities<typeof activities>({ startToCloseTimeout: '60s', retry });
const hurried = proxyActivities<typeof activities>({ startToCloseTimeout: '400ms', retry: { maximumAttempts: 1 } });

/** Lets a secret try every door of workflow code; fails in the end. */
export async function smuggles(secret: Smuggled, index: number): Promise<void> {
  const { key, value, text } = secret;
  let over = false;
  setHandler(defineSignal<[string]>('take'), (word) => {
    log.info('signalled', { word, [key]: value });
    over = true;
  });
  setHandler(defineQuery<void>('tell'), () => {
    throw new Error(text, { cause: new Error(text) });
  });
  setHandler(
    defineUpdate<void, [string]>('propose'),
    (word) => {
      throw ApplicationFailure.nonRetryable(word, text, { [key]: value });
    },
    {
      validator: (word) => {
        if (word !== text) throw new Error(`refused ${text}`);
      },
    },
  );
  writesLines(secret);
  upsertMemo({ later: { [key]: value, note: text } });
  await remote.writesLines(secret);
  await remote.asksModels(secret, index);
  await failing(() => remote.fails(secret));
  await failing(() => local.fails(secret));
  await failing(() => remote.throwsAnObject(secret));
  await failing(() => hurried.lingers(secret));
  await failing(() => executeChild(refuses, { args: [secret], memo: { note: text } }));
  await condition(() => over);
  await refuses(secret);
}

/** Fails with all that a failure can hold. */
export async function refuses({ key, value, text }: Smuggled): Promise<void> {
  throw ApplicationFailure.create({
    message: text,
    type: 'Refused',
    nonRetryable: true,
    details: [text, { [key]: value }],
    cause: Object.assign(new Error(text, { cause: new Error(text) }), { [key]: value }),
  });
}

/** The first attempt at its task fails, which Temporal's core tells; the next one goes through. */
export async function stumbles({ key, value, text }: Smuggled): Promise<string> {
  if (workflowInfo().historyLength <= 3)
    throw Object.assign(new Error(text, { cause: new Error(text) }), { [key]: value });
  return text;
}

/** Waits until it is ended from outside. */
export async function waits(): Promise<void> {
  await condition(() => false);
}

function writesLines({ key, value, text }: Smuggled): void {
  const bag = { [key]: value };
  log.info(text);
  log.warn(`in front ${text} and behind`, bag);
  log.error('deep', { deep: { a: [{ b: bag }], note: text }, error: Object.assign(new Error(text), bag) });
}

async function failing(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.warn('went on', { error });
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Logger } from '@nestjs/common';
import { activityInfo, cancellationSignal, CompleteAsyncError, heartbeat, log } from '@temporalio/activity';

export async function answer(input: string): Promise<string> {
  return input.toUpperCase();
}

/** Takes its process along at the first attempt. */
export async function diesOnce(): Promise<string> {
  if (activityInfo().attempt === 1) process.kill(process.pid, 'SIGKILL');
  return 'survived';
}

/** Works on, whoever has stopped waiting for it. */
export async function takesLong(ms: number): Promise<string> {
  await sleep(ms);
  return 'late';
}

/** Reports until it is told to stop, and stops then. */
export async function reports(): Promise<void> {
  for (;;) {
    heartbeat();
    await sleep(50, undefined, { signal: cancellationSignal() });
  }
}

/** Promises to report and does not; ends when it is told to. */
export async function staysSilent(): Promise<void> {
  await sleep(60_000, undefined, { signal: cancellationSignal() });
}

export async function fails(): Promise<void> {
  throw new TypeError('the model hung up');
}

export async function refuses(): Promise<void> {
  throw ApplicationFailure.nonRetryable('no such model', 'ModelMissing');
}

export async function isBusy(): Promise<void> {
  const category = ApplicationFailureCategory.BENIGN;
  throw ApplicationFailure.create({ message: 'still busy', type: 'Busy', category, nonRetryable: true });
}

/** As a library may do. */
export async function throwsText(): Promise<void> {
  throw 'only words';
}

export async function throwsNothing(): Promise<void> {
  throw undefined;
}

/** Is completed by somebody else. */
export async function isLeftOpen(): Promise<string> {
  throw new CompleteAsyncError();
}

/** By all the loggers that an activity has. */
export async function speaks(): Promise<void> {
  log.info('activity says hello by log');
  new Logger('speaks').log("activity says hello by Nest's Logger");
}

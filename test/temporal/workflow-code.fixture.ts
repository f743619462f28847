import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  executeChild,
  getExternalWorkflowHandle,
  log,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { currentTraceId, getIdentity, withSpan } from 'nestjs-onetrace/temporal/workflow';
import type * as activities from './activities.fixture.ts';

// Workflows whose own code knows of tracing, or does everything that workflow code can ask for.

const remote = proxyActivities<typeof activities>({ startToCloseTimeout: '10s' });
const local = proxyLocalActivities<typeof activities>({ startToCloseTimeout: '10s' });

export async function spans(): Promise<string[]> {
  return withSpan(
    'prepare',
    async () => {
      await sleep(20);
      log.info('in the span');
      const texts = await Promise.all(
        [' a ', ' b '].map((text) =>
          withSpan(
            'branch',
            async () => {
              const prepared = await remote.preprocess(text);
              return withSpan('inner', () => local.postprocess(prepared));
            },
            { text, last: text === ' b ', share: 0.5, left: Number.NaN },
          ),
        ),
      );
      await withSpan('fails', async () => {
        await sleep(1);
        throw ApplicationFailure.nonRetryable('no such model', 'ModelMissing');
      }).catch(() => undefined);
      try {
        withSpan('throws', () => {
          throw new RangeError('at once');
        });
      } catch {
        texts.push(String(withSpan('at once', () => 1)));
      }
      texts.push(await executeChild(spanlessChild));
      return texts;
    },
    { rows: 2 },
  );
}

export async function spanlessChild(): Promise<string> {
  return remote.postprocess('child');
}

/** Ends while a span of it is open. */
export async function leavesSpanOpen(): Promise<void> {
  void withSpan('never ends', () => condition(() => false));
  await withSpan('outer', async () => {
    await remote.preprocess('x');
  });
}

export async function waits(): Promise<void> {
  let over = false;
  setHandler(defineSignal('leave'), () => {
    over = true;
  });
  await withSpan('waiting', async () => {
    await remote.preprocess('x');
    await condition(() => over);
  });
}

/** What workflow, activity, local activity and child know of who asked. */
export async function whoAsked(depth = 1): Promise<unknown[]> {
  const known: unknown[] = [getIdentity(), await remote.identity(), await local.identity()];
  return depth === 0 ? known : [...known, ...(await executeChild(whoAsked, { args: [0] }))];
}

export async function ownTraces(runsLeft: number): Promise<string[]> {
  const found = [currentTraceId() ?? 'none', workflowInfo().runId];
  await remote.preprocess('x');
  if (runsLeft > 0) await continueAsNew<typeof ownTraces>(runsLeft - 1);
  return found;
}

/** Signals and cancels another workflow, and its own children. */
export async function overseer(other: string): Promise<string> {
  const children = await Promise.all(
    (['TERMINATE', 'ABANDON', 'REQUEST_CANCEL'] as const).map((parentClosePolicy) =>
      startChild('listener', { workflowId: `${workflowInfo().workflowId}-${parentClosePolicy}`, parentClosePolicy }),
    ),
  );
  await children[0]?.signal('leave');
  const external = getExternalWorkflowHandle(other);
  await external.signal('hello');
  await sleep(10);
  await external.cancel();
  return patched('second-way') ? 'second' : 'first';
}

export async function listener(): Promise<void> {
  let over = false;
  setHandler(defineSignal('leave'), () => {
    over = true;
  });
  setHandler(defineSignal('hello'), () => undefined);
  setHandler(defineUpdate<void, [string]>('change'), () => undefined, {
    validator: (to) => {
      if (to === '') throw ApplicationFailure.nonRetryable('to what?', 'NothingGiven');
    },
  });
  await condition(() => over);
}

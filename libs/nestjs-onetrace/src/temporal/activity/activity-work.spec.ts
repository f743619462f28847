import { describe, expect, it } from '@jest/globals';
import type { ActivityContext } from './activity-context.js';
import { ActivityWork } from './activity-work.js';

/** An attempt as the SDK gives it, which keeps what was reported; `reported` resolves with the next so many. */
function attempt(info: Partial<ActivityContext['info']> = {}): {
  readonly activity: { heartbeat?: (details?: unknown) => void } & ActivityContext;
  readonly reported: (count: number) => Promise<unknown[]>;
  readonly all: unknown[];
} {
  const all: unknown[] = [];
  const reported = async (count: number): Promise<unknown[]> => {
    const from = all.length;
    while (all.length < from + count) await new Promise((resolve) => setTimeout(resolve, 5));
    return all.slice(from, from + count);
  };
  const activity = {
    info: { heartbeatTimeoutMs: 150, isLocal: false, ...info } as ActivityContext['info'],
    cancellationSignal: new AbortController().signal,
    heartbeat: (details?: unknown) => void all.push(details),
  };
  return { activity, reported, all };
}

describe('a call that takes its time inside an activity', () => {
  it('repeats what the attempt before has reported, then what this one has', async () => {
    const { activity, reported } = attempt({ heartbeatDetails: { step: 2 } });
    const rest = new ActivityWork(activity).stayAlive();
    expect(await reported(2)).toEqual([{ step: 2 }, { step: 2 }]);
    activity.heartbeat?.({ step: 3 });
    expect(await reported(2)).toEqual([{ step: 3 }, { step: 3 }]);
    rest();
  });

  it('reports until the last of several calls is over, or the attempt is', async () => {
    const { activity, reported, all } = attempt();
    const work = new ActivityWork(activity);
    const clock = attempt();
    const stopClock = new ActivityWork(clock.activity).stayAlive();
    const first = work.stayAlive();
    const second = work.stayAlive();
    first();
    await reported(1);
    second();
    const afterLast = all.length;
    await clock.reported(2);
    expect(all).toHaveLength(afterLast);
    const third = work.stayAlive();
    await reported(1);
    work.end();
    const afterEnd = all.length;
    await clock.reported(2);
    expect(all).toHaveLength(afterEnd);
    third();
    stopClock();
    expect(work.cancellation()).toBeUndefined();
  });

  it('reports nothing of local activities, which have no heartbeats', () => {
    const { activity } = attempt({ isLocal: true });
    const own = activity.heartbeat;
    new ActivityWork(activity).stayAlive()();
    expect(activity.heartbeat).toBe(own);
  });

  it('reports nothing where it could not see what the activity reports', () => {
    const { activity, all } = attempt();
    const rest = new ActivityWork(Object.freeze(activity)).stayAlive();
    activity.heartbeat?.('its own');
    rest();
    expect(all).toEqual(['its own']);
  });
});

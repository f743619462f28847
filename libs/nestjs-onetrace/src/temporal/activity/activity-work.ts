import type { EnclosingWork } from '../../context/index.js';
import { safely } from '../../tracing/index.js';
import type { ActivityContext } from './activity-context.js';

/** Between heartbeats where the activity has no heartbeat timeout: they still bring its cancellation. The SDK sends fewer. */
const USUAL_BEAT_MS = 5_000;
const SHORTEST_BEAT_MS = 50;

/**
 * One attempt of an activity, as calls made inside it see it: they end when it is cancelled, and while they take their time they keep it alive
 * by heartbeats.
 */
export class ActivityWork implements EnclosingWork {
  readonly kind = 'activity';
  private isOver = false;
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly beat: (() => void) | undefined;

  constructor(private readonly activity: ActivityContext) {
    this.beat = safely('temporal.heartbeat', () => beatWithLastDetails(activity));
  }

  cancellation(): AbortSignal | undefined {
    return this.isOver ? undefined : this.activity.cancellationSignal;
  }

  stayAlive(): () => void {
    const { beat } = this;
    if (this.isOver || beat === undefined) return () => undefined;
    this.waiting += 1;
    this.timer ??= setInterval(() => safely('temporal.heartbeat', beat), this.intervalMs).unref();
    return () => {
      this.waiting -= 1;
      if (this.waiting === 0) this.stop();
    };
  }

  /** The attempt has ended: what it left running is on its own. */
  end(): void {
    this.isOver = true;
    this.stop();
  }

  private get intervalMs(): number {
    const timeoutMs = this.activity.info.heartbeatTimeoutMs ?? 0;
    return timeoutMs > 0 ? Math.max(SHORTEST_BEAT_MS, Math.min(USUAL_BEAT_MS, timeoutMs / 3)) : USUAL_BEAT_MS;
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

/**
 * A heartbeat that leaves to the next attempt what the activity reported last, or found itself: an empty one would erase that at the server.
 * `undefined` where there are no heartbeats (local activities), or no way to see the activity's own.
 */
function beatWithLastDetails(activity: ActivityContext): (() => void) | undefined {
  const { heartbeat, info } = activity;
  if (heartbeat === undefined || info.isLocal) return undefined;
  let details = info.heartbeatDetails;
  const remembering = (reported?: unknown): void => {
    details = reported;
    heartbeat.call(activity, reported);
  };
  return Reflect.set(activity, 'heartbeat', remembering) ? () => heartbeat.call(activity, details) : undefined;
}

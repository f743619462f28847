/** A server that has said its last word may take so long to end its answer, in milliseconds; its connection is then used again. */
export const LAST_WORD_MS = 1000;

/** Ends what waits for somebody else in vain; it stands still while nobody waits. */
export class SilenceTimer {
  private timer: NodeJS.Timeout | undefined;

  /** @param onSilence called after as many milliseconds of silence as `start` was given. */
  constructor(private readonly onSilence: () => void) {}

  /** Waits from now on. */
  start(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onSilence, Math.max(1, ms));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

// Between the logger, which knows what a line says, and the output, which gets a text, stands pino. One for every copy of the library in the process.
const URGENCY_KEY = Symbol.for('onetrace.logging.line-urgency');
const line = ((globalThis as { [URGENCY_KEY]?: { mayWait: boolean } })[URGENCY_KEY] ??= { mayWait: false });

/** Says of the line that is written next whether it may wait for others of the same turn of the event loop. */
export function setLineMayWait(mayWait: boolean): void {
  line.mayWait = mayWait;
}

/** Whether the line that is being written may wait; asked once a line. */
export function takeLineMayWait(): boolean {
  const { mayWait } = line;
  line.mayWait = false;
  return mayWait;
}

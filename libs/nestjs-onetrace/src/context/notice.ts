/** What tracing has to say about itself: rare, and always with a remedy. */
export type NoticeSink = (message: string, extra?: Readonly<Record<string, unknown>>) => void;

let sink: NoticeSink = (message) => process.emitWarning(message, 'OnetraceWarning');
const said = new Set<string>();

/** Where notices go: the logging room sets its WARN line here, because rooms to the right may not be imported. */
export function setNoticeSink(next: NoticeSink): void {
  sink = next;
}

/** Says something about tracing itself, once a process for each kind. Never throws. */
export function noticeOnce(kind: string, message: string, extra?: Readonly<Record<string, unknown>>): void {
  if (said.has(kind)) return;
  said.add(kind);
  try {
    sink(message, extra);
  } catch {
    // A logger that fails must not take the application with it.
  }
}

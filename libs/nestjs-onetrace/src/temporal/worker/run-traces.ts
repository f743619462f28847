/** Log fields that a workflow run's lines have in common. */
export type RunFields = Readonly<Record<string, string>>;

/** Runs that are remembered; the oldest are forgotten first. */
const LIMIT = 5000;
const RUNS = new Map<string, RunFields>();

/** Remembers the trace of a run, so that lines which know only the run (those of the native core) get it too. */
export function rememberRun(runId: string, fields: RunFields): void {
  const known = RUNS.get(runId);
  RUNS.delete(runId);
  RUNS.set(runId, known === undefined ? fields : withNews(known, fields));
  if (RUNS.size > LIMIT) {
    const oldest = RUNS.keys().next().value;
    if (oldest !== undefined) RUNS.delete(oldest);
  }
}

function withNews(known: RunFields, fields: RunFields): RunFields {
  for (const name in fields) if (fields[name] !== known[name]) return { ...known, ...fields };
  return known;
}

/** Fields of a run; empty when it is not known here. */
export function fieldsOfRun(runId: string | undefined): RunFields {
  return (runId === undefined ? undefined : RUNS.get(runId)) ?? {};
}

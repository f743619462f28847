import { RecentKeys } from './recent-keys.js';

/** Log fields that a workflow run's lines have in common. */
export type RunFields = Readonly<Record<string, string>>;

const REMEMBERED = 5000;
const RUNS = new RecentKeys<RunFields>(REMEMBERED);
const NOTHING: RunFields = {};

/** Remembers the trace of a run, so that lines which know only the run (those of the native core) get it too. */
export function rememberRun(runId: string, fields: RunFields): void {
  RUNS.set(runId, withNews(RUNS.get(runId) ?? NOTHING, fields));
}

function withNews(known: RunFields, fields: RunFields): RunFields {
  for (const name in fields) if (fields[name] !== known[name]) return { ...known, ...fields };
  return known;
}

/** Fields of a run; empty when it is not known here. */
export function fieldsOfRun(runId: string | undefined): RunFields {
  return (runId === undefined ? undefined : RUNS.get(runId)) ?? NOTHING;
}

/** Seed and size of the random tests: `ONETRACE_FUZZ_SEED` repeats a run, `ONETRACE_FUZZ_RUNS` makes it longer. */
export interface FuzzParameters {
  readonly seed: number;
  readonly numRuns: number;
}

/** The parameters of this run. Without a seed in the environment every run is another one. */
export function fuzzParameters(defaultRuns: number): FuzzParameters {
  return {
    seed: whole('ONETRACE_FUZZ_SEED') ?? Math.floor(Math.random() * 2 ** 31),
    numRuns: whole('ONETRACE_FUZZ_RUNS') ?? defaultRuns,
  };
}

function whole(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`${variable} is "${text}"; it takes a whole number from 0`);
  return value;
}

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const REFERENCE = join(ROOT, 'docs/reference');
const ROWS = /^\| `timestamp`[^]*?^\| `extra`.*\n/m;

/** What the built library says about the fields of a line. */
interface LogLineReference {
  readonly schema: object;
  /** Rows of the table in docs/reference/log-line.md. */
  readonly rows: readonly string[];
}

/** Reads the built library: sources and tools resolve their imports differently. */
export async function logLineReference(): Promise<LogLineReference> {
  const file = join(ROOT, 'libs/nestjs-onetrace/dist/esm/semantics/log-line-schema.js');
  const { logLineSchema, logFieldRows } = (await import(pathToFileURL(file).href)) as {
    logLineSchema: () => object;
    logFieldRows: () => readonly string[];
  };
  return { schema: logLineSchema(), rows: logFieldRows() };
}

/** Brings the table of fields and the JSON Schema in docs/reference up to date. */
export async function writeLogLineReference(): Promise<void> {
  const { schema, rows } = await logLineReference();
  await writeFile(join(REFERENCE, 'log-line.schema.json'), `${JSON.stringify(schema, undefined, 2)}\n`);
  const page = join(REFERENCE, 'log-line.md');
  const text = await readFile(page, 'utf8');
  await writeFile(
    page,
    text.replace(ROWS, () => `${rows.join('\n')}\n`),
  );
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

const ROOT = join(import.meta.dirname, '../..');
const MAX_LINE_BYTES = 32 * 1024;

/** What a run of the chain has written, held against the published schema. */
export interface WrittenLines {
  /** How many lines each component wrote. */
  readonly components: Readonly<Record<string, number>>;
  /** Every line that is not what the schema says, with the file, and why. */
  readonly violations: readonly string[];
}

/** Reads every line of every program in a folder of logs, nginx's own error log excepted, and holds it against the schema. */
export async function readWrittenLines(logs: string): Promise<WrittenLines> {
  const schema = JSON.parse(await readFile(join(ROOT, 'docs/reference/log-line.schema.json'), 'utf8')) as object;
  const isLine = new Ajv2020({ allErrors: true }).compile(schema);
  const components: Record<string, number> = {};
  const violations: string[] = [];
  for (const file of await logFiles(logs)) {
    for (const text of (await readFile(join(logs, file), 'utf8')).split('\n').slice(0, -1)) {
      const line = parse(text);
      if (!isLine(line)) violations.push(`${file}: ${text}\n${JSON.stringify(isLine.errors)}`);
      else if (Buffer.byteLength(text) > MAX_LINE_BYTES) violations.push(`${file}: ${text.slice(0, 200)} is too long`);
      else components[componentOf(line)] = (components[componentOf(line)] ?? 0) + 1;
    }
  }
  return { components, violations };
}

async function logFiles(logs: string): Promise<string[]> {
  const files = await readdir(logs, { recursive: true });
  return files.filter((file) => file.endsWith('.log') && !file.endsWith('error.log'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function componentOf(line: unknown): string {
  return (line as { component: string }).component;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A row of a table, cell by cell. */
export type TableRow = readonly string[];

/** The text of a page of the reference. */
export function referencePage(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, '../../../../docs/reference', name), 'utf8');
}

/** A section of a page, up to the next one of its level. */
export function sectionOf(page: string, title: string): string {
  const [, section = ''] = page.split(`\n## ${title}\n`);
  return section.split('\n## ', 1)[0] ?? '';
}

/** The tables of a text, each as its rows without the head. */
export function tablesOf(text: string): TableRow[][] {
  return [...text.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) =>
    table
      .trimEnd()
      .split('\n')
      .slice(2)
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
  );
}

/** The names in the first cells of a table. */
export function namesIn(rows: readonly TableRow[]): string[] {
  return rows.flatMap(([cell = '']) => cell.match(/[\w.]+/g) ?? []).sort();
}

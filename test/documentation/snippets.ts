import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '../../docs');

/** A block of TypeScript on a page of the documentation. */
export interface Snippet {
  /** Page below `docs`, and line on which the block begins. */
  readonly place: string;
  readonly code: string;
}

/** The blocks of TypeScript on a page, as somebody copies them: without the indentation of a list that they stand in. */
export function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(join(DOCS, page), 'utf8');
  return [...text.matchAll(/^( *)```ts\n([^]*?)\n\1```$/gm)].map(([, indent = '', code = ''], index) => ({
    place: `${page}, block ${index + 1}`,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

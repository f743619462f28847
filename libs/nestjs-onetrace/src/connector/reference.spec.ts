import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { namesIn, referencePage, sectionOf, tablesOf } from '../semantics/reference-page.fixture.js';
import { CALL_OPTIONS } from './call-option.checks.js';
import * as connector from './index.js';
import { resolveConnectorOptions } from './options.resolver.js';

type Options = connector.ConnectorOptions;
const BASE: Options = { name: 'llm', protocol: 'openai', baseUrl: 'http://vllm:8000' };
/** Near to the name of no option. */
const NO_OPTION = 'q'.repeat(40);

describe('the reference', () => {
  it('has a row for everything that the entry of the connector exports, types included, and for nothing else', async () => {
    const section = sectionOf(await referencePage('exports.md'), 'nestjs-onetrace/connector');
    const [values = [], types = []] = tablesOf(section);
    const source = await readFile(join(import.meta.dirname, 'index.ts'), 'utf8');
    const exported = [...source.matchAll(/export (?:type )?\{([^}]+)\}/g)].flatMap(
      ([, list = '']) => list.match(/\b(?!type\b)\w+/g) ?? [],
    );
    expect(namesIn(values)).toEqual(Object.keys(connector).sort());
    expect([...namesIn(values), ...namesIn(types)].sort()).toEqual(exported.sort());
  });

  it('has a row for every option of a connector, with what it takes and what applies without it', async () => {
    const [rows = []] = tablesOf(await referencePage('connector-options.md'));
    const { capturedBytes } = resolveConnectorOptions({ ...BASE, captureContent: true });
    const applied = {
      ...resolveConnectorOptions(BASE),
      captureContent: { maxBytes: capturedBytes },
    };
    const names = optionsBelow('');
    expect(rows.map(([name, takes]) => [name, takes])).toEqual(names.map((name) => [`\`${name}\``, takenBy(name)]));
    for (const [name = '', , otherwise, is] of rows) {
      const value = valueAt(applied, name.replaceAll('`', ''));
      if (typeof value === 'number' || typeof value === 'boolean')
        expect({ name, otherwise }).toEqual({ name, otherwise: String(value) });
      expect({ name, otherwise, is }).toEqual({
        name,
        otherwise: expect.stringMatching(/\w/),
        is: expect.stringMatching(/\w/),
      });
    }
    const required = rows.flatMap(([name = '', , otherwise]) =>
      otherwise === 'required' ? [name.replaceAll('`', '')] : [],
    );
    expect(required).toEqual(Object.keys(BASE));
    for (const name of required) expect(refusalOf({ [name]: undefined })).toContain(`option "${name}" is undefined`);
  });

  it('has a row for every option of a call, and for nothing else', async () => {
    const [rows = []] = tablesOf(sectionOf(await referencePage('connector-options.md'), 'Options of a call'));
    const known = Object.values(CALL_OPTIONS).flatMap((checks) => Object.keys(checks));
    expect(namesIn(rows)).toEqual([...new Set(known)].sort());
  });
});

/** What a connector says to options beside those that it needs; empty where it takes them. */
function refusalOf(more: object): string {
  try {
    resolveConnectorOptions({ ...BASE, ...more });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** The names of all options below one, as the refusal of one that there is not lists them. */
function optionsBelow(name: string): string[] {
  const refusal = refusalOf(nested([...name.split('.'), NO_OPTION].filter(Boolean), 0));
  if (!refusal.includes('has no option')) return [];
  const [, list = ''] = / takes (.+)$/.exec(refusal) ?? [];
  return list.split(', ').flatMap((known) => [known, ...optionsBelow(known)]);
}

/** What an option takes, as the refusal of a value that none takes says. */
function takenBy(name: string): string | undefined {
  return /; it takes (.+)$/.exec(refusalOf(nested(name.split('.'), () => undefined)))?.[1];
}

function nested(path: readonly string[], value: unknown): object {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
}

function valueAt(object: unknown, name: string): unknown {
  return name.split('.').reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}

import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../semantics/index.js';
import { namesIn, referencePage, tablesOf } from '../semantics/reference-page.fixture.js';
import * as library from '../index.js';
import { OPTION_RULES } from './option-table.js';
import { resolveOptions } from './resolve-options.js';

describe('the reference', () => {
  it('has a row for every option, with what it takes and what applies without it', async () => {
    const described = [...OPTION_RULES].filter(([, rule]) => rule.required === true || rule.otherwise !== undefined);
    const [rows = []] = tablesOf(await referencePage('options.md'));
    expect(rows.map(([name, takes, otherwise]) => [name, takes, otherwise])).toEqual(
      described.map(([name, rule]) => [
        `\`${name}\``,
        rule.accepts,
        rule.required === true ? 'required' : rule.otherwise,
      ]),
    );
    for (const [name, , , is] of rows) expect({ name, is }).toEqual({ name, is: expect.stringMatching(/\w/) });
  });

  it('names the defaults that apply', () => {
    const { tracing, http, logging, metricsPath } = resolveOptions({ component: 'a' });
    const applied: Record<string, string> = {
      shutdownTimeoutMs: String(tracing.shutdownTimeoutMs),
      'sampling.trustParent': String(tracing.sampling.trustParent),
      'privacy.hash': tracing.privacy.hash.map((key) => `\`${key}\``).join(', '),
      'privacy.drop': tracing.privacy.drop.map((key) => `\`${key}\``).join(', '),
      'http.traceresponse': String(http.traceresponse),
      'logging.level': `\`'${logging.level}'\``,
      'metrics.path': `\`${metricsPath}\``,
    };
    for (const [name, value] of Object.entries(applied)) {
      expect({ name, value: OPTION_RULES.get(name)?.otherwise }).toEqual({ name, value });
    }
  });

  it('has a row for everything that the package exports, and for nothing else', async () => {
    const [rows = []] = tablesOf(await referencePage('exports.md'));
    expect(namesIn(rows)).toEqual(Object.keys(library).sort());
  });

  it('has message, cause and remedy of every error code, and of no other', async () => {
    const sections = (await referencePage('errors.md')).split(/^### /m).slice(1);
    expect(sections.map((section) => section.split('\n', 1)[0]).sort()).toEqual(Object.values(ERROR_CODES).sort());
    for (const section of sections) {
      expect(section).toMatch(/- \*\*Message\*\*: `.+`\n- \*\*Cause\*\*: .+\n- \*\*Do\*\*: /);
    }
  });
});

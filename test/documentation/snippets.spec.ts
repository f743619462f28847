import { describe, expect, it } from '@jest/globals';
import { compileSnippets } from './compiled-snippets.ts';
import { type Snippet, snippetsOf } from './snippets.ts';

/** Pages whose blocks stand each for itself: copied into an empty file of an application they compile. */
const PAGES = [
  'guide/connector.md',
  'guide/cost.md',
  'guide/existing-application.md',
  'guide/methods.md',
  'guide/model-content.md',
  'guide/openai-package.md',
  'guide/privacy.md',
  'guide/temporal-register.md',
  'guide/testing.md',
  'guide/triton.md',
  'guide/vllm.md',
  'guide/your-logger.md',
  'reference/exports.md',
];

/** Of a page that also shows what goes into something of the reader's (a wrapper), only blocks that begin with their imports. */
const WITH_FRAGMENTS = ['guide/connector.md', 'guide/temporal-register.md'];

/** What is the reader's own on these pages. */
const APPLICATION = {
  'activities.ts': 'export declare function preprocess(text: string): Promise<string>;',
  'app.module.ts': 'export class AppModule {}',
  'billing.ts': `
    export interface Receipt { total: number }
    export declare class Billing { charge(orderId: string, amount?: number): Promise<Receipt> }`,
  'pipeline.activities.ts': 'export declare class PipelineActivities { preprocess(text: string): Promise<string> }',
  'settings.ts': `
    export declare class Settings { readonly tritonUrl: string }
    export class SettingsModule {}`,
  'sleep.ts': `
    export interface SleepLog { hours: number }
    export interface SleepReport { score: number }
    export declare class SleepModel { run(userId: string): Promise<SleepReport> }
    export declare class SleepLogs {
      findAll(userId: string): Promise<SleepLog[]>;
      save(userId: string, log: SleepLog): Promise<SleepLog>;
    }`,
};

const toCopy = (page: string): Snippet[] =>
  snippetsOf(page).filter(({ code }) => !WITH_FRAGMENTS.includes(page) || code.startsWith('import '));

describe('the documentation', () => {
  it.each(PAGES)('%s has TypeScript to copy', (page) => expect(toCopy(page)).not.toEqual([]));

  it('compiles as it is copied', () => {
    expect(compileSnippets(PAGES.flatMap(toCopy), APPLICATION)).toEqual([]);
  }, 120_000);
});

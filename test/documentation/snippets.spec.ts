import { describe, expect, it } from '@jest/globals';
import { compileSnippets } from './compiled-snippets.ts';
import { snippetsOf } from './snippets.ts';

/** Pages whose blocks stand each for itself: copied into an empty file of an application they compile. */
const PAGES = [
  'guide/existing-application.md',
  'guide/methods.md',
  'guide/privacy.md',
  'guide/testing.md',
  'guide/your-logger.md',
  'reference/exports.md',
];

/** What is the reader's own on these pages. */
const APPLICATION = {
  'app.module.ts': 'export class AppModule {}',
  'billing.ts': `
    export interface Receipt { total: number }
    export declare class Billing { charge(orderId: string, amount?: number): Promise<Receipt> }`,
  'sleep.ts': `
    export interface SleepLog { hours: number }
    export interface SleepReport { score: number }
    export declare class SleepModel { run(userId: string): Promise<SleepReport> }
    export declare class SleepLogs {
      findAll(userId: string): Promise<SleepLog[]>;
      save(userId: string, log: SleepLog): Promise<SleepLog>;
    }`,
};

describe('the documentation', () => {
  it.each(PAGES)('%s has TypeScript to copy', (page) => expect(snippetsOf(page)).not.toEqual([]));

  it('compiles as it is copied', () => {
    expect(compileSnippets(PAGES.flatMap(snippetsOf), APPLICATION)).toEqual([]);
  }, 120_000);
});

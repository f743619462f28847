import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { configureDebugRules, identify, runWithIdentity } from '../context/index.js';
import { createRootLogger } from './root-logger.js';

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());
afterEach(() => configureDebugRules({ clients: [], pipelines: [] }));

function logger(level: string) {
  const written: string[] = [];
  const root = createRootLogger({
    component: 'worker',
    level,
    destination: { write: (text) => void written.push((JSON.parse(text) as { message: string }).message) },
  });
  return { root, written };
}

const debugged = (fn: () => void): void => runWithIdentity({ logLevel: 'debug' }, fn);

describe('a logger above debug', () => {
  it('writes the debug lines of a flow that asks for them, and of no other', async () => {
    const { root, written } = logger('info');
    root.debug('before');
    await runWithIdentity({ logLevel: 'debug' }, async () => {
      root.debug('inside');
      await new Promise((resolve) => setTimeout(resolve, 1));
      root.debug({ step: 2 }, 'after %s', 'await');
      runWithIdentity({ pipelineId: 'p' }, () => root.debug('further in'));
    });
    runWithIdentity({ logLevel: 'banana' }, () => root.debug('no level'));
    runWithIdentity({ clientId: 'c' }, () => root.debug('another flow'));
    root.debug('after');
    expect(written).toEqual(['inside', 'after await', 'further in']);
    expect(root.level).toBe('info');
  });

  it('does so with the levels between, but not below debug', () => {
    const { root, written } = logger('error');
    for (const fn of [debugged, (say: () => void) => say()]) {
      fn(() => {
        root.trace('trace');
        root.debug('debug');
        root.info('info');
        root.warn('warn');
        root.error('error');
      });
    }
    expect(written).toEqual(['debug', 'info', 'warn', 'error', 'error']);
  });

  it('says so to who asks before writing', () => {
    const { root } = logger('info');
    const child = root.child({ shard: 1 });
    expect([root.isLevelEnabled('debug'), child.isLevelEnabled('debug')]).toEqual([false, false]);
    debugged(() => {
      expect([root.isLevelEnabled('debug'), child.isLevelEnabled('debug')]).toEqual([true, true]);
      expect([root.isLevelEnabled('trace'), root.isLevelEnabled('nonsense')]).toEqual([false, false]);
    });
  });

  it('hands it on to children, those with a level of their own included, also when they are made in such a flow', () => {
    const { root, written } = logger('info');
    const plain = root.child({});
    debugged(() => {
      const pinned = root.child({}, { level: 'warn' });
      plain.debug('plain');
      pinned.debug('pinned');
      void runWithIdentity({ logLevel: '' }, () => pinned.info('another flow'));
    });
    expect(written).toEqual(['plain', 'pinned']);
  });

  it('stays open when its level changes', () => {
    const { root, written } = logger('debug');
    const changes: unknown[] = [];
    root.on('level-change', (level) => changes.push(level));
    root.level = 'warn';
    root.info('closed');
    debugged(() => root.info('open'));
    expect({ written, changes }).toEqual({ written: ['open'], changes: ['warn'] });
  });

  it('stays silent when it is', () => {
    const { root, written } = logger('silent');
    debugged(() => root.fatal('anything'));
    expect(written).toEqual([]);
  });

  it('goes by the rules for clients and pipelines, as soon as those are known', () => {
    const { root, written } = logger('info');
    configureDebugRules({ clients: ['dept-a'], pipelines: ['embed'] });
    runWithIdentity({ clientId: 'dept-a' }, () => root.debug('client'));
    runWithIdentity({ clientId: 'dept-b' }, () => {
      root.debug('another client');
      identify({ pipelineId: 'embed' });
      root.debug('pipeline');
    });
    expect(written).toEqual(['client', 'pipeline']);
  });
});

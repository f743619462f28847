import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { collectLines } from '../../logging/logged-lines.fixture.js';
import { setNoticeSink } from '../../tracing/index.js';
import { installRuntimeLogger } from './runtime.install.js';
import { RuntimeLogger } from './runtime.logger.js';

let told: string[];
beforeEach(() => {
  told = [];
  setNoticeSink((message) => told.push(message));
});
afterEach(async () => {
  setNoticeSink(() => undefined);
  await Runtime.instance().shutdown();
});

/** The SDK makes the Runtime anew, with the options of before, after it was shut down for lack of connections. */
async function madeAnew(): Promise<void> {
  await Runtime.instance().shutdown();
  Runtime.instance();
}

it.each([
  ['the plugin', installRuntimeLogger],
  [
    'the application installed with our logger',
    () => void Runtime.install({ logger: new RuntimeLogger(), telemetryOptions: { logging: { forward: {} } } }),
  ],
  ['the application installed with a logger of its own', () => void Runtime.install({ logger: new DefaultLogger() })],
])('says nothing of a Runtime of %s, nor when the SDK has made it anew', async (_who, install) => {
  install();
  installRuntimeLogger();
  await madeAnew();
  installRuntimeLogger();
  expect(told).toEqual([]);
});

it('says that the lines keep their format where a connection has brought in a Runtime without a logger', async () => {
  Runtime.install({});
  await madeAnew();
  installRuntimeLogger();
  expect(told).toEqual([expect.stringMatching(/^Temporal's own lines keep their format/)]);
});

it("lets what nobody asked for wait in no buffer of the SDK's", () => {
  const collected = collectLines();
  try {
    collected.root.level = 'info';
    const waiting: string[] = [];
    installRuntimeLogger();
    installRuntimeLogger();
    const logger = Runtime.instance().logger as DefaultLogger & { flush: () => void };
    // Where the SDK puts the attributes of a line that it keeps.
    const attributes = (name: string) => ({
      get [name]() {
        waiting.push(name);
        return name;
      },
    });
    logger.debug('a detail', attributes('unasked'));
    logger.info('a fact', attributes('told'));
    expect(new Set(waiting)).toEqual(new Set(['told']));
    logger.flush();
    expect(collected.lines.map(({ message }) => message)).toEqual(['a fact']);
  } finally {
    collected.restore();
  }
});

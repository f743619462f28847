import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DefaultLogger, Runtime } from '@temporalio/worker';
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

import { expect } from '@jest/globals';
import { freePort } from '../../tools/chain/free-port.ts';
import { startSpanReceiver } from '../temporal/span.receiver.ts';
import type { Application } from './application.ts';
import type { Platform } from './expectations.ts';
import { RunningApplication } from './running-application.ts';

/**
 * `nest start --watch`: an edit restarts the application on the same port, the spans of the run before it are handed over
 * once, and Ctrl-C leaves no process behind.
 */
export async function proveHotRestart(app: Application, platform: Platform): Promise<void> {
  const receiver = await startSpanReceiver();
  const port = String(await freePort());
  const watching = RunningApplication.start(
    process.execPath,
    [app.installed('@nestjs/cli/bin/nest.js'), 'start', '--watch', '--preserveWatchOutput'],
    {
      cwd: app.folder,
      ownGroup: true,
      env: { PLATFORM: platform, PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    },
  );
  try {
    const before = await ask(await watching.url());
    await app.edit('src/items/items.service.ts', 'id.toLowerCase()', 'id.toUpperCase()');
    const after = await ask(await watching.url(2));
    expect([before.id, after.id]).toEqual(['a1b', 'A1B']);
    expect(after.trace).not.toBe(before.trace);
    await watching.interrupt();
    const names = (trace: string): string[] =>
      receiver.spans
        .filter((span) => span.traceId === trace)
        .map((span) => span.name)
        .sort();
    const once = ['GET /v1/items/:id', 'ItemsService.find', 'items.normalise'];
    expect([names(before.trace), names(after.trace)]).toEqual([once, once]);
    expect(receiver.spans).toHaveLength(2 * once.length);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  } finally {
    await watching.interrupt();
    await receiver.close();
  }
}

async function ask(url: string): Promise<{ id: string; trace: string }> {
  return (await (await fetch(`${url}/v1/items/a1B`)).json()) as { id: string; trace: string };
}

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Post, type Type } from '@nestjs/common';
import { ObservabilityModule } from '../module/observability.module.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { send } from './request-client.fixture.js';
import { listen } from './listening-application.fixture.js';
import { PLATFORMS } from './platforms.fixture.js';

const lines: Record<string, unknown>[] = [];
let spans: SpanCollector;
let app: INestApplication | undefined;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());
afterEach(async () => {
  await app?.close();
  lines.length = 0;
});

describe.each(PLATFORMS)('the metrics on %s', (platform, adapter) => {
  // A path for each application: a notice is given once a process.
  const start = async (path: string, controllers: Type[]): Promise<number> => {
    @Module({
      imports: [
        ObservabilityModule.forRoot({
          component: 'gateway',
          metrics: { path },
          logging: {
            destination: { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) },
          },
        }),
      ],
      controllers,
    })
    class App {}
    const listening = await listen(App, adapter());
    app = listening.app;
    return listening.port;
  };

  it('leave an own route of the application alone, and say so', async () => {
    const path = `/own-${platform}`;
    @Controller(path)
    class Own {
      @Get()
      metrics(): string {
        return 'mine';
      }
    }
    const port = await start(path, [Own]);
    expect((await send(port, path)).body).toBe('mine');
    expect(lines.filter((line) => line['level'] !== 'INFO')).toMatchObject([
      { level: 'WARN', message: expect.stringContaining(path) },
    ]);
  });

  it('stand beside other methods, outside the traces', async () => {
    const path = `/beside-${platform}`;
    @Controller(path)
    class Push {
      @Post()
      push(): string {
        return 'pushed';
      }
    }
    const port = await start(path, [Push]);
    spans.reset();
    expect((await send(port, path)).body).toContain('http_requests_total');
    expect(spans.spans()).toEqual([]);
    expect(lines.filter((line) => line['level'] !== 'INFO')).toEqual([]);
  });
});

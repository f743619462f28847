import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Module,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { context, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { currentTraceId } from '../context/index.js';
import { ObservabilityModule } from '../module/observability.module.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { PLATFORMS } from './platforms.fixture.js';
import { send, until } from './request-client.fixture.js';
import { TraceInterceptor } from './trace.interceptor.js';

const lines: Record<string, unknown>[] = [];
const observability = ObservabilityModule.forRoot({
  component: 'gateway',
  logging: { destination: { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) } },
});

class ThrowingGuard {
  canActivate(): never {
    throw new RangeError('no key for this tenant');
  }
}

@Catch()
class Unavailable implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}
  catch(_: unknown, args: ArgumentsHost): void {
    this.host.httpAdapter.reply(args.switchToHttp().getResponse(), {}, 503);
  }
}

@Controller()
class Plain {
  @Get('plain')
  plain(): object {
    return { trace: currentTraceId() };
  }
  @Get('guarded')
  @UseFilters(Unavailable)
  @UseGuards(ThrowingGuard)
  guarded(): void {}
}

@Controller('guarded-too')
@UseFilters(Unavailable)
class Guarded {
  @Get()
  @UseGuards(ThrowingGuard)
  guarded(): void {}
}

@Controller()
class Wild {
  @Get('*')
  any(): string {
    return 'wild';
  }
}

@Module({ imports: [observability], controllers: [Plain, Guarded, Wild] })
class App {}

let spans: SpanCollector;
let app: INestApplication | undefined;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());
beforeEach(() => {
  spans.reset();
  lines.length = 0;
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app?.close();
  app = undefined;
});

const made = (adapter: AbstractHttpAdapter) => NestFactory.create(App, adapter, { bufferLogs: true });
const serverSpan = () => until(() => spans.spans().find((span) => span.kind === SpanKind.SERVER));

async function ask(asked: INestApplication, path: string): ReturnType<typeof send> {
  app = asked;
  await asked.listen(0, '127.0.0.1');
  return send(((asked.getHttpServer() as Server).address() as AddressInfo).port, path);
}

describe.each(PLATFORMS)('a route on %s', (_, adapter) => {
  it('runs without an interceptor of ours', async () => {
    const intercept = jest.spyOn(TraceInterceptor.prototype, 'intercept');
    await ask(await made(adapter()), '/plain');
    expect((await serverSpan()).name).toBe('GET /plain');
    expect(intercept).not.toHaveBeenCalled();
  });

  it('gets its trace back that something before it has lost', async () => {
    const losing = await made(adapter());
    losing.use((__: unknown, ___: unknown, next: () => void) => context.with(ROOT_CONTEXT, next));
    const answer = await ask(losing, '/plain');
    expect(JSON.parse(answer.body)).toEqual({ trace: answer.headers['x-trace-id'] });
  });

  it.each(['/guarded', '/guarded-too'])(
    'tells the error of a guard that a filter of its own has answered: %s',
    async (path) => {
      expect((await ask(await made(adapter()), path)).status).toBe(503);
      expect((await serverSpan()).status.message).toBe('no key for this tenant');
      const completed = await until(() => lines.find((line) => line['message'] === 'request completed'));
      expect(completed).toMatchObject({ level: 'ERROR', error: { type: 'RangeError' }, extra: { status: 503 } });
    },
  );

  it('is known by its name where it takes every path, also in an application for tests', async () => {
    const testing = await Test.createTestingModule({ imports: [observability], controllers: [Wild] }).compile();
    const answer = await ask(testing.createNestApplication(adapter()), '/anything/at/all');
    expect(answer.body).toBe('wild');
    expect((await serverSpan()).name).toBe('GET /*');
  });
});

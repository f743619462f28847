import type { RequestOptions, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  type ExceptionFilter,
  type ArgumentsHost,
  Get,
  type INestApplication,
  Module,
  Post,
  Render,
  StreamableFile,
  type Type,
  UploadedFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { type AbstractHttpAdapter, APP_FILTER, APP_GUARD, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExpressAdapter, FileInterceptor } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { currentTraceId } from '../context/index.js';
import { ObservabilityModule } from '../module/observability.module.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { send, until } from './request-client.fixture.js';
import { PLATFORMS } from './platforms.fixture.js';

const lines: Record<string, unknown>[] = [];
const observability = ObservabilityModule.forRoot({
  component: 'gateway',
  logging: { destination: { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) } },
});

let spans: SpanCollector;
const opened: { close(): unknown }[] = [];
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());
beforeEach(() => {
  spans.reset();
  lines.length = 0;
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const serverSpan = () => until(() => spans.spans().find((span) => span.kind === SpanKind.SERVER));
const endLine = () => until(() => lines.find((line) => line['message'] === 'request completed'));
/** An Express application, as Nest's adapter makes it. */
interface ExpressApplication {
  use(path: string, handler: unknown): void;
  set(name: string, value: unknown): void;
  engine(extension: string, render: (path: string, options: object, done: Rendered) => void): void;
  listen(port: number, host: string): Server;
  readonly engines: Record<string, ((path: string, options: object, done: Rendered) => void) | undefined>;
}
type Rendered = (error: unknown, text?: string) => void;
const express = (): ExpressApplication => new ExpressAdapter().getInstance<ExpressApplication>();

const portOf = (server: unknown): number => ((server as Server).address() as AddressInfo).port;

async function listen(
  controllers: Type[],
  adapter: AbstractHttpAdapter,
  { providers = [], prepare }: { providers?: object[]; prepare?: (app: INestApplication) => void } = {},
): Promise<INestApplication> {
  @Module({ imports: [observability], controllers, providers: providers as never })
  class App {}
  const app = await NestFactory.create(App, adapter, { bufferLogs: true, rawBody: true });
  opened.push(app);
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

class ThrowingGuard {
  canActivate(): never {
    throw new RangeError('no key for this tenant');
  }
}

@Catch()
class Unavailable implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}
  catch(_: unknown, args: ArgumentsHost): void {
    this.host.httpAdapter.reply(args.switchToHttp().getResponse(), { trace: currentTraceId() }, 503);
  }
}

@Controller()
class Plain {
  @Get('plain')
  plain(): object {
    return { trace: currentTraceId() };
  }
  @Get('broken')
  broken(): StreamableFile {
    async function* parts(): AsyncGenerator<Buffer> {
      yield Buffer.from('part');
      // The headers and the first part are on their way by then.
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new RangeError('the disk failed');
    }
    return new StreamableFile(Readable.from(parts())).setErrorLogger(() => undefined);
  }
}

describe.each(PLATFORMS)('an application on %s', (_, adapter) => {
  it('says which error cut off the file that it was sending', async () => {
    const app = await listen([Plain], adapter());
    await expect(send(portOf(app.getHttpServer()), '/broken')).rejects.toThrow();
    const span = await serverSpan();
    expect(span.attributes).toMatchObject({ 'error.type': 'RangeError', 'http.response.status_code': 200 });
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'the disk failed' });
    expect(lines.at(-1)).toMatchObject({ message: 'request aborted', level: 'ERROR', error: { type: 'RangeError' } });
  });

  it.each<[string, (app: INestApplication) => void, object[]]>([
    ['given in main.ts', (app) => app.useGlobalFilters(new Unavailable(app.get(HttpAdapterHost))), []],
    [
      'provided',
      () => undefined,
      [
        {
          provide: APP_FILTER,
          useFactory: (host: HttpAdapterHost) => new Unavailable(host),
          inject: [HttpAdapterHost],
        },
      ],
    ],
  ])('tells the error of a guard that a global filter has answered: %s', async (__, prepare, providers) => {
    const guard = { provide: APP_GUARD, useClass: ThrowingGuard };
    const app = await listen([Plain], adapter(), { prepare, providers: [guard, ...providers] });
    const answer = await send(portOf(app.getHttpServer()), '/plain');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toEqual({ trace: answer.headers['x-trace-id'] });
    expect((await serverSpan()).status.message).toBe('no key for this tenant');
    expect(await endLine()).toMatchObject({ level: 'ERROR', error: { type: 'RangeError' }, extra: { status: 503 } });
  });

  it('has the trace in middleware of main.ts', async () => {
    const seen: (string | undefined)[] = [];
    const app = await listen([Plain], adapter(), {
      prepare: (made) =>
        made.use((__: unknown, ___: unknown, next: () => void) => {
          seen.push(currentTraceId());
          next();
        }),
    });
    await send(portOf(app.getHttpServer()), '/plain');
    expect(seen).toEqual([(await serverSpan()).spanContext().traceId]);
  });
});

describe('on Express', () => {
  @Controller()
  class Pages {
    @Post('upload')
    @UseInterceptors(FileInterceptor('file'))
    upload(@UploadedFile() file: { size: number }): object {
      return { size: file.size, trace: currentTraceId() };
    }
    @Get('page')
    @Render('page')
    page(): object {
      return { name: 'Ada' };
    }
    @Get('guarded')
    @UseGuards(ThrowingGuard)
    guarded(): void {}
  }

  const multipart: RequestOptions = { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' } };

  it('has the trace after an upload', async () => {
    const app = await listen([Pages], new ExpressAdapter());
    const body = `--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n${'x'.repeat(300_000)}\r\n--b--\r\n`;
    const answer = await send(portOf(app.getHttpServer()), '/upload', multipart, body);
    expect(JSON.parse(answer.body)).toEqual({ size: 300_000, trace: answer.headers['x-trace-id'] });
  });

  it('renders a page inside the trace', async () => {
    let rendered: string | undefined;
    const instance = express();
    instance.engine('tpl', (_path, options, done) => {
      rendered = currentTraceId();
      done(null, `<p>${(options as { name: string }).name}</p>`);
    });
    instance.set('view engine', 'tpl');
    class View {
      readonly path = 'page';
      render(options: object, done: Rendered): void {
        instance.engines['.tpl']?.('page', options, done);
      }
    }
    instance.set('view', View);
    const app = await listen([Pages], new ExpressAdapter(instance));
    const answer = await send(portOf(app.getHttpServer()), '/page');
    expect(answer.body).toBe('<p>Ada</p>');
    expect((await serverSpan()).name).toBe('GET /page');
    expect(rendered).toBe(answer.headers['x-trace-id']);
  });

  it('tells a cached answer by its status', async () => {
    const app = await listen([Pages], new ExpressAdapter(), {
      prepare: (made) =>
        made.use('/cached', (_: unknown, response: { send(body: string): void }) => void response.send('same')),
    });
    const port = portOf(app.getHttpServer());
    const { headers } = await send(port, '/cached');
    spans.reset();
    const again = await send(port, '/cached', { headers: { 'if-none-match': String(headers.etag) } });
    expect(again.status).toBe(304);
    expect(again.headers['x-trace-id']).toBe((await serverSpan()).spanContext().traceId);
  });

  it('traces a request once that goes through two applications', async () => {
    const inner = express();
    await listen([Plain], new ExpressAdapter(inner));
    const outer = await listen([], new ExpressAdapter(), { prepare: (made) => made.use('/inner', inner) });
    await send(portOf(outer.getHttpServer()), '/inner/plain');
    expect((await serverSpan()).name).toBe('GET /inner/plain');
    expect(spans.spans()).toHaveLength(1);
    expect(lines.filter((line) => line['message'] === 'request completed')).toHaveLength(1);
  });

  it('names the whole route where the application is mounted inside another one', async () => {
    const inner = express();
    const outer = express();
    outer.use('/mounted', inner);
    @Module({ imports: [observability], controllers: [Plain] })
    class App {}
    const app = await NestFactory.create(App, new ExpressAdapter(inner), { bufferLogs: true });
    opened.push(app);
    await app.init();
    const server = outer.listen(0, '127.0.0.1');
    opened.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    await new Promise((resolve) => server.once('listening', resolve));
    const answer = await send(portOf(server), '/mounted/plain');
    expect(JSON.parse(answer.body)).toEqual({ trace: answer.headers['x-trace-id'] });
    expect((await serverSpan()).name).toBe('GET /mounted/plain');
  });
});

it('traces what Fastify is handed without a socket', async () => {
  const adapter = new FastifyAdapter();
  const app = await NestFactory.create(
    (() => {
      @Module({ imports: [observability], controllers: [Plain] })
      class App {}
      return App;
    })(),
    adapter,
    { bufferLogs: true },
  );
  opened.push(app);
  await app.init();
  await adapter.getInstance().ready();
  const answer = await adapter.getInstance().inject({ url: '/plain' });
  expect(answer.json()).toEqual({ trace: answer.headers['x-trace-id'] });
  expect((await serverSpan()).name).toBe('GET /plain');
});

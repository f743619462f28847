import 'reflect-metadata';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  type INestApplication,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Res,
  SetMetadata,
  Sse,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { trace } from '@opentelemetry/api';
import { from, type Observable, of } from 'rxjs';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { Trace } from './trace.decorator.js';
import { listen } from '../http/listening-application.fixture.js';
import { PLATFORMS } from '../http/platforms.fixture.js';

@Injectable()
class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(execution: ExecutionContext): boolean {
    const roles = this.reflector.get<string[] | undefined>('roles', execution.getHandler());
    return roles === undefined || roles.includes('public');
  }
}

/** Decorators above and below `@Trace`, as applications mix them. */
@Controller('things')
@UseGuards(RolesGuard)
class ThingsController {
  @Get('above/:id')
  @SetMetadata('roles', ['admin'])
  @Trace()
  guardedAbove(): string {
    return 'never';
  }

  @Trace()
  @SetMetadata('roles', ['admin'])
  @Get('below/:id')
  guardedBelow(): string {
    return 'never';
  }

  @Trace({ name: 'things.add' })
  @Post(':id')
  @HttpCode(202)
  @Header('x-made-by', 'test')
  @SetMetadata('roles', ['public'])
  async add(@Param('id', ParseIntPipe) id: number, @Body('amount') amount: number): Promise<object> {
    await Promise.resolve();
    return { id, amount, traced: trace.getActiveSpan() !== undefined };
  }

  @Get('stream')
  @Trace()
  stream(): Observable<number[]> {
    return of([1, 2]);
  }

  @Trace()
  @Sse('events')
  events(): Observable<{ data: number }> {
    return from([{ data: 1 }, { data: 2 }]);
  }

  @Get('file')
  @Trace()
  file(): StreamableFile {
    return new StreamableFile(Readable.from(['file']));
  }

  @Get('answered')
  @Trace()
  answered(@Res() response: { send(body: string): unknown }): unknown {
    return response.send('answered');
  }

  @Get('fails')
  @Trace()
  fails(): never {
    throw new ForbiddenException('not you');
  }
}

@Trace()
@Controller('whole')
class WholeController {
  @Get(':id')
  find(@Param('id') id: string): string {
    return `whole ${id}`;
  }
}

@Controller('derived')
@Trace()
class DerivedController extends WholeController {}

@Module({ controllers: [ThingsController, WholeController, DerivedController] })
class TestModule {}

describe.each(PLATFORMS)('a traced handler on %s', (_platform, adapter) => {
  let app: INestApplication;
  let origin: string;
  let spans: SpanCollector;
  beforeAll(async () => {
    spans = collectSpans();
    const listening = await listen(TestModule, adapter(), { logger: false });
    app = listening.app;
    origin = `http://127.0.0.1:${listening.port}`;
  });
  beforeEach(() => spans.reset());
  afterAll(async () => {
    await app.close();
    await spans.stop();
  });
  const names = () => spans.spans().map((span) => span.name);

  it.each(['above', 'below'])('is guarded by the roles that stand %s the decorator', async (where) => {
    expect((await fetch(`${origin}/things/${where}/1`)).status).toBe(403);
    expect(names()).toEqual([]);
  });

  it('has its pipes, parameters, status and headers, and is active inside', async () => {
    const response = await fetch(`${origin}/things/7`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"amount":2}',
    });
    expect(response.status).toBe(202);
    expect(response.headers.get('x-made-by')).toBe('test');
    expect(await response.json()).toEqual({ id: 7, amount: 2, traced: true });
    expect(names()).toEqual(['things.add']);
    expect((await fetch(`${origin}/things/seven`, { method: 'POST' })).status).toBe(400);
    expect(names()).toHaveLength(1);
  });

  it('gives an Observable, one span for its one subscription', async () => {
    expect(await (await fetch(`${origin}/things/stream`)).json()).toEqual([1, 2]);
    expect(names()).toEqual(['ThingsController.stream']);
  });

  it('gives server-sent events', async () => {
    expect(await (await fetch(`${origin}/things/events`)).text()).toContain('data: 2');
    expect(names()).toEqual(['ThingsController.events']);
  });

  it('gives a file', async () => {
    expect(await (await fetch(`${origin}/things/file`)).text()).toBe('file');
    expect(names()).toEqual(['ThingsController.file']);
  });

  it('answers by itself', async () => {
    expect(await (await fetch(`${origin}/things/answered`)).text()).toBe('answered');
    expect(names()).toEqual(['ThingsController.answered']);
  });

  it('fails as it does without', async () => {
    const response = await fetch(`${origin}/things/fails`);
    expect([response.status, await response.json()]).toEqual([
      403,
      { statusCode: 403, message: 'not you', error: 'Forbidden' },
    ]);
    expect(names()).toEqual(['ThingsController.fails']);
  });

  it('is routed where the class is traced, also where it is inherited', async () => {
    expect(await (await fetch(`${origin}/whole/1`)).text()).toBe('whole 1');
    expect(await (await fetch(`${origin}/derived/2`)).text()).toBe('whole 2');
    expect(names()).toEqual(['WholeController.find', 'WholeController.find']);
  });
});

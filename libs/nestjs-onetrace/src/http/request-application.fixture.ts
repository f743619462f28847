import { Readable } from 'node:stream';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Head,
  Header,
  HttpCode,
  HttpException,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  type NestModule,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  RequestTimeoutException,
  Res,
  Scope,
  Sse,
  StreamableFile,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  Version,
} from '@nestjs/common';
import { HttpAdapterHost, REQUEST, RouterModule } from '@nestjs/core';
import { concatMap, delay, from, interval, map, type Observable, of, take, throwError, timeout } from 'rxjs';
import { currentTraceId } from '../context/index.js';
import { ObservabilityModule } from '../module/observability.module.js';

/** Lines of the application under test. */
export const lines: Record<string, unknown>[] = [];

class Teapot extends Error {}
class Rejected extends Error {
  override readonly name = 'Rejected';
}

@Injectable()
class DenyingGuard implements CanActivate {
  canActivate = (): boolean => false;
}

@Injectable()
class ThrowingGuard implements CanActivate {
  canActivate(): never {
    throw new Rejected('the key store is gone');
  }
}

@Injectable()
class UnauthorizedGuard implements CanActivate {
  canActivate(): Promise<boolean> {
    return Promise.reject(new UnauthorizedException());
  }
}

@Injectable()
class ThrowingInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(concatMap(() => throwError(() => new Rejected('the mapping failed'))));
  }
}

@Injectable()
class TimeoutInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(timeout({ first: 20, with: () => throwError(() => new RequestTimeoutException()) }));
  }
}

/** Answers on both platforms. */
abstract class Answering implements ExceptionFilter {
  constructor(@Inject(HttpAdapterHost) protected readonly host: HttpAdapterHost) {}
  abstract readonly status: number;
  catch(_: unknown, args: ArgumentsHost): void {
    this.host.httpAdapter.reply(args.switchToHttp().getResponse(), { trace: currentTraceId() }, this.status);
  }
}

@Catch(Teapot)
@Injectable()
class TeapotFilter extends Answering {
  readonly status = 418;
}

@Catch()
@Injectable()
class ForgivingFilter extends Answering {
  readonly status = 200;
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  constructor(@Inject(REQUEST) readonly request: object) {}
  readonly trace = currentTraceId();
}

@Controller()
class Endings {
  @Get('things/:id')
  thing(@Param('id') id: string): object {
    return { id, trace: currentTraceId() };
  }
  @Get('guard/false')
  @UseGuards(DenyingGuard)
  guardFalse(): void {}
  @Get('guard/throws')
  @UseGuards(ThrowingGuard)
  guardThrows(): void {}
  @Get('guard/unauthorized')
  @UseGuards(UnauthorizedGuard)
  guardUnauthorized(): void {}
  @Get('pipe/:id')
  pipe(@Param('id', ParseIntPipe) id: number): object {
    return { id };
  }
  @Get('interceptor/throws')
  @UseInterceptors(ThrowingInterceptor)
  interceptorThrows(): string {
    return 'never seen';
  }
  @Get('interceptor/timeout')
  @UseInterceptors(TimeoutInterceptor)
  interceptorTimeout(): Observable<string> {
    return of('late').pipe(delay(200));
  }
  @Get('handler/throws')
  handlerThrows(): never {
    throw new Rejected('the disk is full');
  }
  @Get('handler/rejects')
  async handlerRejects(): Promise<never> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    throw new Rejected('the disk is full');
  }
  @Get('handler/unavailable')
  handlerUnavailable(): never {
    throw new HttpException('later', 503);
  }
  @Get('filter/teapot')
  @UseFilters(TeapotFilter)
  teapot(): never {
    throw new Teapot('short and stout');
  }
  @Get('filter/forgiven')
  @UseFilters(ForgivingFilter)
  forgiven(): never {
    throw new Rejected('nobody minds');
  }
  @Post('body')
  @HttpCode(200)
  body(@Body() body: unknown): object {
    return { body, trace: currentTraceId() };
  }
  @Get('redirect')
  @Redirect('/api/things/1', 302)
  redirect(): void {}
  @Head('head')
  head(): void {}
  @Get('stream')
  @Header('content-type', 'text/plain')
  stream(): StreamableFile {
    return new StreamableFile(
      Readable.from(
        (async function* () {
          for (const part of ['a', 'b', 'c']) {
            await new Promise((resolve) => setTimeout(resolve, 15));
            yield Buffer.from(part);
          }
        })(),
      ),
    );
  }
  @Get('download')
  download(): StreamableFile {
    return new StreamableFile(Buffer.from('content'), { disposition: 'attachment; filename="a.txt"' });
  }
  @Sse('sse')
  sse(): Observable<object> {
    return interval(10).pipe(
      take(3),
      map((n) => ({ data: { n, trace: currentTraceId() } })),
    );
  }
  @Sse('sse/fails')
  sseFails(): Observable<object> {
    return from([1, 2]).pipe(
      concatMap((n) => (n === 1 ? of({ data: { n } }) : throwError(() => new Rejected('the feed broke')))),
    );
  }
  @Get('endless')
  endless(@Res() response: ServerResponse | { raw: ServerResponse; hijack(): void }): void {
    if ('hijack' in response) response.hijack();
    const raw = 'raw' in response ? response.raw : response;
    raw.writeHead(200, { 'Access-Control-Expose-Headers': 'X-Total' });
    raw.write('first');
  }
  @Get('pending')
  pending(): Promise<never> {
    return new Promise(() => undefined);
  }
  @Get('files/*')
  file(): object {
    return { trace: currentTraceId() };
  }
  @Get('scoped')
  async scoped(): Promise<object> {
    return Promise.resolve({ trace: currentTraceId() });
  }
  @Get('versioned')
  @Version('2')
  versioned(): object {
    return { version: 2 };
  }
  @Get('outside')
  outside(): object {
    return { trace: currentTraceId() };
  }
}

@Controller('scoped-controller')
class Scoped {
  constructor(private readonly perRequest: PerRequest) {}
  @Get()
  get(): object {
    return { trace: this.perRequest.trace };
  }
}

@Controller('wards')
class Wards {
  @Get(':ward/beds/:bed')
  bed(): object {
    return { trace: currentTraceId() };
  }
}

@Module({ controllers: [Wards] })
class Nested {}

@Injectable()
class AnsweringMiddleware implements NestMiddleware {
  use(_: IncomingMessage, response: ServerResponse): void {
    response.statusCode = 202;
    response.end(JSON.stringify({ trace: currentTraceId() }));
  }
}

@Injectable()
class ThrowingMiddleware implements NestMiddleware {
  use(): never {
    throw new Rejected('the middleware is broken');
  }
}

/** Everything that a request can run into, on whichever platform. */
@Module({
  imports: [
    ObservabilityModule.forRoot({
      component: 'gateway',
      http: { traceresponse: true },
      logging: {
        destination: { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) },
      },
    }),
    Nested,
    RouterModule.register([{ path: 'hospital', module: Nested }]),
  ],
  controllers: [Endings, Scoped],
  providers: [PerRequest],
})
export class RequestApplication implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(AnsweringMiddleware).forRoutes('middleware/answers');
    consumer.apply(ThrowingMiddleware).forRoutes('middleware/throws');
  }
}

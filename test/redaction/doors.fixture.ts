import {
  Body,
  Controller,
  Get,
  HttpException,
  Injectable,
  Logger,
  Module,
  Param,
  Post,
  type Type,
} from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import {
  ConnectorModule,
  InjectConnector,
  type OpenAiConnector,
} from '../../libs/nestjs-onetrace/src/connector/index.ts';
import { componentLogger, ObservabilityModule, Trace, TracingService } from '../../libs/nestjs-onetrace/src/index.ts';
import { SECRETS, type Smuggled } from './secrets.ts';

/** Everything an application has to say something by. */
@Injectable()
export class Doors {
  private readonly nest = new Logger('Doors');

  constructor(
    @InjectPinoLogger(Doors.name) private readonly pino: PinoLogger,
    private readonly tracing: TracingService,
    @InjectConnector('llm') private readonly llm: OpenAiConnector,
  ) {}

  lines({ key, value, text }: Smuggled): void {
    const bag = { [key]: value };
    const deep = { a: [{ b: { c: [bag, new Map([[key, value]])] } }] };
    this.nest.log(text);
    this.nest.warn(`in front ${text} and behind`, { ...bag });
    this.nest.error(text, `Error: ${text}\n    at door (file.js:1:2)`);
    this.pino.info(deep, `with ${text}`);
    this.pino.info('formatted %s %o', text, deep);
    this.pino.logger
      .child(bag)
      .child({ deep })
      .info({ note: text, url: new URL('http://h/?a=1') }, 'by a child');
    this.pino.info(
      { headers: Object.entries(bag), rawHeaders: [key, value], field: { name: key, value } },
      'beside its name',
    );
    componentLogger('connector').warn(text, { extra: deep, error: new Error(text) });
    const error = Object.assign(new Error(text, { cause: new AggregateError([new TypeError(text)], text) }), bag, {
      deep,
    });
    this.pino.error(error, 'failed');
    this.pino.error({ err: error, other: error }, text);
    this.pino.error({ err: text }, 'no error');
    this.pino.info({ user: { address: { street: 'smuggled-by-path' } } }, 'by a path');
  }

  async spans({ key, value, text }: Smuggled): Promise<void> {
    const attribute = typeof value === 'number' ? value : String(value);
    const attributes = { [key]: attribute, texts: [text], list: [key, text] };
    const span = trace.getTracer('doors').startSpan(text, { attributes, links: [{ context: link, attributes }] });
    span.setAttribute('note', text).setAttributes(attributes);
    span.addEvent(text, attributes).recordException(new Error(text));
    span.setStatus({ code: 2, message: text }).updateName(`door ${text}`);
    span.end();
    await this.traced({ [key]: value }, text).catch(() => undefined);
    await this.returned(text, { [key]: [value] });
    const refused = () => Promise.reject(new Error(text));
    await this.tracing.external('bank', 'pay', refused).catch(() => undefined);
  }

  async model({ text }: Smuggled): Promise<void> {
    await this.llm
      .chatCompletions({ model: 'tiny', messages: [{ role: 'user', content: text }] })
      .catch(() => undefined);
  }

  @Trace({ recordArguments: true })
  private async traced(_bag: object, text: string): Promise<void> {
    throw Object.assign(new Error(text), { code: 'E_DOOR' });
  }

  @Trace({ recordArguments: true, recordResult: true })
  private async returned(_note: unknown, bag: object): Promise<object> {
    return { bag, pairs: Object.entries(bag) };
  }
}

const link = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

const secretOf = (index: string): Smuggled => SECRETS[Number(index)] as Smuggled;

@Controller('doors')
class DoorsController {
  constructor(private readonly doors: Doors) {}

  @Get(':index/all')
  async all(@Param('index') index: string): Promise<string> {
    const secret = secretOf(index);
    this.doors.lines(secret);
    await this.doors.spans(secret);
    await this.doors.model(secret);
    return 'done';
  }

  @Get(':index/thrown')
  thrown(@Param('index') index: string): never {
    const { key, value, text } = secretOf(index);
    throw Object.assign(new Error(text, { cause: new Error(text) }), { [key]: value });
  }

  @Get(':index/refused')
  refused(@Param('index') index: string): never {
    const { key, value, text } = secretOf(index);
    throw new HttpException({ message: text, [key]: value }, 500, { cause: new Error(text) });
  }

  @Get(':index/object')
  object(@Param('index') index: string): never {
    const { key, value, text } = secretOf(index);
    throw { message: text, [key]: value };
  }

  @Post('body')
  body(@Body() body: object): object {
    return body;
  }
}

/** An application with every door, whose lines and spans go where the test looks. */
export function doorsModule(write: (text: string) => void, receiverUrl: string, modelUrl: string): Type {
  @Module({
    imports: [
      ObservabilityModule.forRoot({
        component: 'gateway',
        export: { url: receiverUrl },
        privacy: { redact: ['iban', /^medical\./] },
        logging: { level: 'trace', destination: { write }, redact: ['user.address.street'] },
      }),
      ConnectorModule.register({ name: 'llm', protocol: 'openai', baseUrl: modelUrl }),
    ],
    controllers: [DoorsController],
    providers: [Doors],
  })
  class DoorsModule {}
  return DoorsModule;
}

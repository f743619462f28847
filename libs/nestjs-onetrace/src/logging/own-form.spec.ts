import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger as NestLogger, type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { componentLogger } from './component-logger.js';
import { collectLines, type LoggedLine } from './logged-lines.fixture.js';
import { NestLineLogger } from './nest-line-logger.js';
import { adoptPino } from './plain-pino.js';

class User {
  constructor(
    readonly name: string,
    readonly diagnosis = 'J45',
  ) {}

  toJSON(): unknown {
    return { name: this.name };
  }
}

class Id {
  readonly bytes = 'J45';

  toJSON(): unknown {
    return 'id-7';
  }
}

class Nothing {
  readonly diagnosis = 'J45';

  toJSON(): unknown {
    return undefined;
  }
}

class Angry {
  readonly diagnosis = 'J45';

  toJSON(): never {
    throw new TypeError('not for you');
  }
}

const nest = NestLogger as unknown as { staticInstanceRef?: LoggerService };
let collected: ReturnType<typeof collectLines>;
let before: LoggerService | undefined;

beforeEach(() => {
  collected = collectLines();
  before = nest.staticInstanceRef;
  NestLogger.overrideLogger(new NestLineLogger(() => collected.root));
});
afterEach(() => {
  if (before !== undefined) NestLogger.overrideLogger(before);
  collected.restore();
});

/** A logger of the application's own, and a child that it had before it was adopted. */
function adopted(mixin?: () => object): { logger: Logger; child: Logger } {
  const destination = { write: (text: string) => void collected.lines.push(JSON.parse(text) as LoggedLine) };
  const logger = pino({ base: null, ...(mixin === undefined ? {} : { mixin }) }, destination);
  const child = logger.child({});
  return { logger: adoptPino(logger), child };
}

describe('the object of a call', () => {
  it.each<[string, (user: User) => void]>([
    ["Nest's Logger", (user) => new NestLogger('Shop').log(user)],
    ["Nest's Logger, after a message", (user) => new NestLogger('Shop').log('seen', user)],
    ["Nest's Logger, a plain object", (user) => new NestLogger('Shop').log('seen', { toJSON: () => user.toJSON() })],
    ['pino', (user) => collected.root.info(user, 'seen')],
    ['pino, without a message', (user) => collected.root.info(user)],
    ['adoptPino', (user) => adopted().logger.info(user, 'seen')],
    ['a child of it', (user) => adopted().child.info(user, 'seen')],
    ['adoptPino, with a mixin', (user) => adopted(() => ({ shard: 1 })).logger.info(user, 'seen')],
    ['componentLogger', (user) => componentLogger().info('seen', { extra: user as never })],
    [
      'componentLogger, beside what is no field',
      (user) => componentLogger().info('seen', { extra: user as never, attempt: -1 }),
    ],
  ])('is written as its toJSON says, through %s', (_what, log) => {
    log(new User('ada'));
    expect(JSON.stringify(collected.lines)).not.toContain('J45');
    expect(JSON.stringify(collected.lines)).toContain('"name":"ada"');
    expect(collected.lines).toHaveLength(1);
  });

  it('is the message where its form is a text and the call has none', () => {
    new NestLogger('Shop').log(new Id());
    collected.root.info(new Id());
    adopted().child.info(new Id());
    collected.root.info(new Date(0));
    expect(collected.lines.map(({ message }) => message)).toEqual(['id-7', 'id-7', 'id-7', '1970-01-01T00:00:00.000Z']);
    collected.root.info(new Id(), 'seen');
    expect(collected.lines.at(-1)).toMatchObject({ message: 'seen', extra: { arguments: ['id-7'] } });
  });

  it('adds nothing where its form is nothing', () => {
    new NestLogger('Shop').log(new Nothing());
    collected.root.info(new Nothing(), 'seen');
    adopted().child.info(new Nothing(), 'seen');
    expect(collected.lines.map(({ extra }) => extra)).toEqual([{ context: 'Shop' }, undefined, undefined]);
  });

  it('says that it cannot be read where its toJSON throws, and reaches no caller', () => {
    new NestLogger('Shop').log(new Angry());
    collected.root.info(new Angry(), 'seen');
    adopted().child.info(new Angry(), 'seen');
    componentLogger().info('seen', { extra: new Angry() as never });
    expect(collected.lines).toHaveLength(4);
    for (const { extra } of collected.lines) expect(extra).toMatchObject({ arguments: ['[unreadable: TypeError]'] });
    expect(JSON.stringify(collected.lines)).not.toContain('J45');
  });

  it('is described where it is an error, whatever its toJSON says', () => {
    const error = Object.assign(new RangeError('far'), { toJSON: () => ({ hidden: true }) });
    new NestLogger('Shop').log(error);
    collected.root.info(error);
    for (const line of collected.lines) expect(line).toMatchObject({ message: 'far', error: { type: 'RangeError' } });
  });
});

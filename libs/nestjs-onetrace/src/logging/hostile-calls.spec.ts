import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { componentLogger } from './component-logger.js';
import { collectLines, type LoggedLine } from './logged-lines.fixture.js';
import { NestLineLogger } from './nest-line-logger.js';
import { adoptPino } from './plain-pino.js';

let collected: ReturnType<typeof collectLines>;
beforeEach(() => {
  collected = collectLines();
});
afterEach(() => collected.restore());

function throwing(): never {
  throw new TypeError('not for you');
}

const unreadable = new Proxy({}, { get: throwing, ownKeys: throwing, getPrototypeOf: throwing });
const withGetter = Object.defineProperty({ ward: 'b' }, 'method', { get: throwing, enumerable: true });
const wordless = Object.defineProperty(new RangeError('x'), 'message', { get: throwing });
class Odd {
  static readonly name: unknown = { not: 'a text' };
}
class Angry {
  static get name(): string {
    return throwing();
  }
}

/** A logger of an application, which has a hook of its own or none. */
function adopted(hooks: LoggerOptions['hooks'] = {}): { logger: Logger; lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as LoggedLine) };
  return { logger: adoptPino(pino({ base: null, hooks }, destination)), lines };
}

const CALLS: [string, (logger: Logger) => void, object][] = [
  ['a Proxy that gives nothing', (logger) => logger.info(unreadable, 'odd'), { message: 'odd' }],
  [
    'such a Proxy alone',
    (logger) => logger.info(unreadable),
    { extra: { unreadable: 'TypeError', arguments: ['[unreadable: TypeError]'] } },
  ],
  ['a getter that pino asks', (logger) => logger.info(withGetter, 'odd'), { message: 'odd' }],
  [
    'a value that has no text',
    (logger) => logger.info('odd %d %s', Symbol('ward') as never, unreadable),
    { message: 'odd %d %s', extra: { arguments: ['Symbol(ward)', '[unreadable: TypeError]'] } },
  ],
  ['an error without words', (logger) => logger.info(wordless), { error: { type: 'RangeError' } }],
];

describe('a call of pino whose arguments cannot even be looked at', () => {
  it.each(CALLS)('%s: reaches no caller, and has its line through our logger', (_what, call, line) => {
    call(collected.root);
    expect(lineOf(collected.lines)).toMatchObject(line);
  });

  it.each(CALLS)('%s: nor through a logger of the application', (_what, call, line) => {
    const { logger, lines } = adopted();
    call(logger);
    expect(lineOf(lines)).toMatchObject(line);
  });

  it('goes through the hook that the application has given to its logger', () => {
    const { logger, lines } = adopted({
      logMethod(args, log) {
        log.apply(this, [unreadable, 'hooked', ...args]);
      },
    });
    logger.info('odd');
    expect(lineOf(lines)).toMatchObject({ message: 'hooked' });
  });

  it('keeps its line where a formatter of the application fails', () => {
    const lines: LoggedLine[] = [];
    const destination = { write: (text: string) => void lines.push(JSON.parse(text) as LoggedLine) };
    const logger = adoptPino(pino({ base: null, formatters: { log: throwing } }, destination));
    logger.info({ ward: 'b' }, 'odd');
    expect(lineOf(lines)).toMatchObject({ message: 'odd', extra: { ward: 'b' } });
  });

  it('has a component, whatever name it was given', () => {
    componentLogger('').info('odd');
    expect(lineOf(collected.lines)).toMatchObject({ component: 'gateway' });
  });

  it('is written once where it is the destination that throws', () => {
    let writes = 0;
    const destination = { write: () => ((writes += 1), throwing()) };
    const logger = adoptPino(pino({ base: null }, destination as never));
    expect(() => logger.info('odd')).not.toThrow();
    expect(writes).toBe(1);
  });

  it('leaves what the hook of an application throws to the application', () => {
    expect(() => adopted({ logMethod: throwing }).logger.info('odd')).toThrow('not for you');
  });
});

describe("a call of Nest's Logger", () => {
  const nest = new NestLineLogger(() => collected.root);

  it.each<[string, unknown, string]>([
    ['a class whose name is no text', Odd, '[class]'],
    ['a class whose name throws', Angry, '[unreadable: TypeError]'],
  ])('%s: has a line and reaches no caller', (_what, value, message) => {
    nest.log(value);
    expect(lineOf(collected.lines)).toMatchObject({ message });
  });

  it('keeps a key that is named like the prototype, and takes nothing from it', () => {
    nest.log(JSON.parse('{"__proto__":{"err":"forged"}}'), 'Cart');
    expect(lineOf(collected.lines)).toMatchObject({ extra: { context: 'Cart' } });
    expect(lineOf(collected.lines)).not.toHaveProperty('error');
    expect(Object.getOwnPropertyDescriptor(lineOf(collected.lines)?.extra ?? {}, '__proto__')?.value).toEqual({
      err: 'forged',
    });
  });

  it('looks for a stack in a text in time that grows with the text alone', () => {
    const took = (size: number): number => {
      const text = '\n'.repeat(size);
      const began = performance.now();
      nest.log('odd', text, 'Cart');
      return performance.now() - began;
    };
    took(1000);
    // Eight times the text would take 64 times as long where each line feed is looked at from each other one.
    const [short, long] = [Math.max(took(40_000), 5), took(320_000)];
    expect(long / short).toBeLessThan(40);
  });
});

/** The last line that does not tell of a failure of ours. */
function lineOf(lines: readonly LoggedLine[]): LoggedLine | undefined {
  return lines.findLast(({ message }) => !message.startsWith('tracing failed'));
}

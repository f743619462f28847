/** What one server of `npm run bench -- requests` is made of. */
export interface RequestVariant {
  readonly name: string;
  readonly logging: 'none' | 'nestjs-pino' | 'onetrace';
  /** Whether the handler logs a line of its own. */
  readonly handlerLine: boolean;
  /** Whether "request started" is written too; only of onetrace. */
  readonly started: boolean;
  /** Whether spans are recorded and sent to a receiver, every one of them; only of onetrace. */
  readonly recording: boolean;
  /** Lines that each request writes. */
  readonly lines: number;
}

/** HTTP platforms of Nest. */
export type Platform = 'express' | 'fastify';

/** The variant that all others are held against. */
export const REFERENCE = 'nestjs-pino alone';

const NESTJS_PINO: RequestVariant = {
  name: REFERENCE,
  logging: 'nestjs-pino',
  handlerLine: true,
  started: false,
  recording: false,
  lines: 2,
};

const LINES = [
  { of: 'handler and completed', handlerLine: true, started: false, lines: 2 },
  { of: 'started and completed', handlerLine: false, started: true, lines: 2 },
  { of: 'started, handler and completed', handlerLine: true, started: true, lines: 3 },
];

/** The reference, what a request costs without any of it, and onetrace with and without spans. */
export const VARIANTS: readonly RequestVariant[] = [
  { ...NESTJS_PINO, name: 'bare Nest', logging: 'none', handlerLine: false, lines: 0 },
  NESTJS_PINO,
  ...[false, true].flatMap((recording) =>
    LINES.map(({ of, ...lines }) => ({
      name: `onetrace, ${of}${recording ? ', spans recorded and sent' : ''}`,
      logging: 'onetrace' as const,
      recording,
      ...lines,
    })),
  ),
];

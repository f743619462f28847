import { symbols } from 'pino';
import { MAX_LINE_BYTES } from '../semantics/index.js';
import { redactionRules, redactPaths } from '../tracing/index.js';
import { membersJson } from './json-members.js';

/** What pino keeps on a logger, under symbols. */
export interface PinoInternals {
  [key: symbol]: unknown;
}

type Convert = (value: unknown) => unknown;
type ToJson = (value: unknown) => string | undefined;
type Dictionary<T> = Readonly<Record<string | symbol, T | undefined>>;

/** What a logger, mostly a child of the root, adds to each of its lines; read from pino once. */
export interface LoggerTraits {
  /** The rules by which the bindings were redacted. */
  readonly rules: object;
  /** pino's own text of the bindings, by which a change is seen. */
  readonly chindings: string;
  readonly serializers: Dictionary<Convert>;
  /** Redaction by the paths that the application gave to pino. */
  readonly redactors: Dictionary<ToJson>;
  /** Under which key the application's errors stand in a record. */
  readonly errorKey: string;
  readonly formatRecord: ((record: object) => object) | undefined;
  /** Whether a record's values go through a serializer or a redactor. */
  readonly converts: boolean;
  readonly bindings: Readonly<Record<string, unknown>>;
  /** The bindings as members of `extra`. */
  readonly bindingsJson: string;
}

// pino names them only at run time.
const { chindingsSym, errorKeySym, formattersSym, serializersSym, stringifiersSym } = symbols as unknown as Record<
  'chindingsSym' | 'errorKeySym' | 'formattersSym' | 'serializersSym' | 'stringifiersSym',
  symbol
>;
const TRAITS = Symbol('onetrace.logging.traits');

/** The traits of a logger; a child has found those of its parent when its bindings are others. */
export function traitsOf(logger: PinoInternals): LoggerTraits {
  const known = logger[TRAITS] as LoggerTraits | undefined;
  if (
    known !== undefined &&
    known.rules === redactionRules() &&
    known.chindings === logger[chindingsSym] &&
    known.serializers === logger[serializersSym] &&
    known.redactors === logger[stringifiersSym] &&
    known.formatRecord === formatRecordOf(logger)
  ) {
    return known;
  }
  const traits = readTraits(logger);
  ownerOf(traits, logger)[TRAITS] = traits;
  return traits;
}

/** The farthest parent that adds the very same: so the children that each request gets need not be read one by one. */
function ownerOf(traits: LoggerTraits, logger: PinoInternals): PinoInternals {
  const parent = Object.getPrototypeOf(logger) as PinoInternals;
  return parent[chindingsSym] === traits.chindings &&
    parent[serializersSym] === traits.serializers &&
    parent[stringifiersSym] === traits.redactors &&
    parent[errorKeySym] === traits.errorKey &&
    formatRecordOf(parent) === traits.formatRecord
    ? ownerOf(traits, parent)
    : logger;
}

function formatRecordOf(logger: PinoInternals): LoggerTraits['formatRecord'] {
  return (logger[formattersSym] as { log?: LoggerTraits['formatRecord'] } | undefined)?.log;
}

function readTraits(logger: PinoInternals): LoggerTraits {
  const chindings = logger[chindingsSym] as string;
  const serializers = logger[serializersSym] as Dictionary<Convert>;
  const redactors = logger[stringifiersSym] as Dictionary<ToJson>;
  const bindings = redactPaths(parse(chindings));
  return {
    rules: redactionRules(),
    ...{ chindings, serializers, redactors, bindings },
    errorKey: logger[errorKeySym] as string,
    formatRecord: formatRecordOf(logger),
    // The line describes errors itself; pino's own serializer of `err` would hide the class.
    converts: Reflect.ownKeys(serializers).some((key) => key !== 'err') || Reflect.ownKeys(redactors).length > 0,
    bindingsJson: membersJson(bindings, MAX_LINE_BYTES),
  };
}

/** pino keeps bindings as the text of JSON's members, serialized and redacted by its paths already. */
function parse(chindings: string): Readonly<Record<string, unknown>> {
  if (chindings === '') return {};
  try {
    return JSON.parse(`{${chindings.slice(1)}}`) as Record<string, unknown>;
  } catch {
    return {};
  }
}

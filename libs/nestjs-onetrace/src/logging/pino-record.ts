import { symbols } from 'pino';
import { countFailure, errorType, redactPaths } from '../tracing/index.js';
import { readProperty } from './json-value.js';
import { describeThrown, type DescribedError, isError } from './line-error.js';
import { LINE_FIELDS, type LineFields } from './line-fields.js';
import type { LoggerTraits, PinoInternals } from './logger-traits.js';
import { fieldsOfAny } from './own-form.js';
import { properFields } from './proper-fields.js';
import { type ToldErrors, toldErrors } from './told-errors.js';

/** What one call of a logger says. */
export interface Said {
  readonly fields: LineFields;
  readonly message: string;
  readonly error: DescribedError | undefined;
  readonly extra: Values | undefined;
}

type Values = Readonly<Record<string, unknown>>;

const NO_FIELDS: LineFields = Object.freeze({});
const { wildcardFirstSym: ANY_KEY } = symbols as unknown as { wildcardFirstSym: symbol };

/** Reads what came through pino: a record of our own gives fields; of anybody else's everything stands in `extra`, but errors. */
export function readRecord(record: object, message: unknown, traits: LoggerTraits, logger: PinoInternals): Said {
  const own = (record as { [LINE_FIELDS]?: LineFields })[LINE_FIELDS];
  if (own === undefined) return readForeign(record, message, traits, logger);
  const fields = properFields(own);
  const { error } = fields;
  const extra = fields.extra === undefined ? undefined : (fieldsOfAny(fields.extra, true) as Values);
  return {
    fields,
    message: textOf(message),
    error:
      error === undefined ? undefined : describe(error, 'error', toldErrors(true, fields.trace_id), traits, logger),
    extra: extra === undefined ? undefined : redactPaths(traits.converts ? converted(extra, traits, logger) : extra),
  };
}

function readForeign(given: object, message: unknown, traits: LoggerTraits, logger: PinoInternals): Said {
  // A child that is older than the adoption of its parent has not asked yet.
  const record = fieldsOfAny(given, message !== undefined) as Values;
  const values = traits.formatRecord === undefined ? record : formatted(record, traits.formatRecord);
  const errorKey = errorKeyOf(values, traits);
  // A line without a message is of little use: an object may bring its own.
  const messageKey = message === undefined ? messageKeyOf(values) : undefined;
  const said = traits.converts ? converted(values, traits, logger, errorKey) : values;
  return {
    fields: NO_FIELDS,
    message: messageKey === undefined ? textOf(message) : textOf(said[messageKey]),
    error: errorKey === undefined ? undefined : describe(values[errorKey], errorKey, toldErrors(false), traits, logger),
    extra: redactPaths(errorKey === undefined && messageKey === undefined ? said : without(said, errorKey, messageKey)),
  };
}

/** What a formatter of the application's makes of a record; the record itself where it fails. */
function formatted(record: Values, format: (record: object) => object): Values {
  try {
    return (format(record) as Values | undefined) ?? record;
  } catch (error) {
    countFailure('formatter', error);
    return record;
  }
}

/** pino's key takes whatever was thrown; `error` may be anything in an application, and is taken where it is an error. */
function errorKeyOf(values: Values, { errorKey }: LoggerTraits): string | undefined {
  try {
    if (isThere(values['err'])) return 'err';
    if (errorKey !== 'err' && isThere(values[errorKey])) return errorKey;
    const { error } = values;
    return isError(error) ? 'error' : undefined;
  } catch {
    // What throws when it is read is told where it stands.
    return undefined;
  }
}

function messageKeyOf(values: Values): 'msg' | 'message' | undefined {
  if (isText(values['msg'])) return 'msg';
  return isText(values['message']) ? 'message' : undefined;
}

/** An error as the line describes it, after the paths that the application gave to pino, which know it as pino writes it. */
function describe(
  thrown: unknown,
  key: string,
  told: ToldErrors,
  traits: LoggerTraits,
  logger: PinoInternals,
): DescribedError {
  const error = describeThrown(thrown, told);
  const redactor = traits.redactors[key] ?? traits.redactors[ANY_KEY];
  if (redactor === undefined) return error;
  const redacted = redactedBy(redactor, { ...error.extra, ...error }, logger);
  if (typeof redacted !== 'object' || redacted === null) return { type: error.type, message: String(redacted) };
  const { extra, ...rest } = error;
  const read = (from: object): Record<string, unknown> =>
    Object.fromEntries(Object.keys(from).map((name) => [name, (redacted as Values)[name]]));
  return { ...(read(rest) as unknown as DescribedError), ...(extra === undefined ? {} : { extra: read(extra) }) };
}

function converted(values: Values, traits: LoggerTraits, logger: PinoInternals, except?: string): Values {
  const { serializers, redactors } = traits;
  if (!isConverted(values, traits)) return values;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(values)) {
    if (key === except) continue;
    let value = readProperty(values, key);
    const serializer = key === 'err' ? undefined : serializers[key];
    const redactor = redactors[key] ?? redactors[ANY_KEY];
    try {
      if (serializer !== undefined) value = serializer(value);
      if (redactor !== undefined && value !== undefined) value = redactedBy(redactor, value, logger);
    } catch (error) {
      value = `[unreadable: ${errorType(error)}]`;
    }
    // A key such as __proto__ must become a property, not the prototype.
    Object.defineProperty(fields, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return fields;
}

/** Most records have no key that a serializer or a redactor waits for: pino-http's are for requests and responses. */
function isConverted(values: Values, { serializers, redactors }: LoggerTraits): boolean {
  if (redactors[ANY_KEY] !== undefined) return true;
  for (const key in values) if (serializers[key] !== undefined || redactors[key] !== undefined) return true;
  return false;
}

/** What has no text any more was removed. */
function redactedBy(redactor: (value: unknown) => string | undefined, value: unknown, logger: PinoInternals): unknown {
  const json = redactor.call(logger, value);
  return json === undefined ? undefined : (JSON.parse(json) as unknown);
}

function without(values: Values, ...keys: (string | undefined)[]): Values {
  return Object.fromEntries(
    Object.keys(values)
      .filter((key) => !keys.includes(key))
      .map((key) => [key, readProperty(values, key)]),
  );
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message === undefined) return '';
  // pino writes objects out by itself.
  return typeof message === 'object' ? '[object]' : (message as symbol).toString();
}

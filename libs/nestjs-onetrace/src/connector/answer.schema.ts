import { ERROR_CODES, OnetraceError } from '../semantics/index.js';

/**
 * What an answer is held to: a function that throws, or gives `false`, for what does not fit; or a schema of a library that
 * follows Standard Schema (https://standardschema.dev), such as zod, valibot or ArkType.
 */
export type AnswerSchema = StandardSchema | ((value: unknown) => unknown);

/** As much of Standard Schema, version 1, as is needed to ask whether a value fits. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
  };
}

/** What the parts of an answer are held to. */
export interface AnswerSchemas {
  /** The text of the answer, parsed as JSON. */
  readonly content?: AnswerSchema;
  /** The arguments of calls of tools, by the name of the tool. */
  readonly tools?: Readonly<Record<string, AnswerSchema>>;
}

/**
 * Checks what a caller gave as schemas.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function checkSchemas(connector: string, schemas: AnswerSchemas | undefined): void {
  if (schemas === undefined) return;
  const given: unknown[] = isGroup(schemas) ? [schemas.content, ...Object.values(schemas.tools ?? {})] : [null];
  if (given.every((schema) => schema === undefined || typeof schema === 'function' || isStandard(schema))) return;
  throw new OnetraceError(
    ERROR_CODES.invalidOption,
    `Call of connector "${connector}" option "validate" has something that is no schema; it takes { content, tools: { [name] } }, each a function or a Standard Schema such as one of zod`,
  );
}

/**
 * Whether a value fits; never throws.
 *
 * @param late called where a schema takes its time and then refuses; until then the value fits.
 */
export function fits(schema: AnswerSchema, value: unknown, late: () => void): boolean {
  try {
    const judged = isStandard(schema) ? schema['~standard'].validate(value) : schema(value);
    if (!(judged instanceof Promise)) return isAccepted(judged);
    judged.then((result) => (isAccepted(result) ? undefined : late())).catch(late);
    return true;
  } catch {
    return false;
  }
}

// One schema alone does not say of what it is one.
function isGroup(value: unknown): value is AnswerSchemas {
  return typeof value === 'object' && value !== null && !isStandard(value);
}

// ArkType's schemas are functions too.
function isStandard(value: unknown): value is StandardSchema {
  const standard = (value as Partial<StandardSchema> | null | undefined)?.['~standard'];
  return typeof standard?.validate === 'function';
}

/** Standard Schema tells issues; a function says no with `false`. */
function isAccepted(judged: unknown): boolean {
  return judged !== false && (judged as { issues?: unknown } | null | undefined)?.issues === undefined;
}

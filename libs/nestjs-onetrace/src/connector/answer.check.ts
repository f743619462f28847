import type { AnswerChoice } from './answer.choice.js';
import type { GenAiRequest } from './open-ai.request.js';
import { type AnswerSchema, type AnswerSchemas, fits } from './answer.schema.js';

/** What can be wrong with an answer; words of ours, since those of a schema may quote the answer. */
const FAILURES = {
  content: { json: 'content is not JSON', schema: 'content does not fit its schema' },
  tools: { json: 'tool arguments are not JSON', schema: 'tool arguments do not fit their schema' },
} as const;

/**
 * Checks whether an answer can be parsed as what was asked for: its content where JSON was asked for or a schema is given, and the
 * arguments of the tools that it calls. The answer itself is handed over as it is, whatever comes out.
 */
export class AnswerCheck {
  private constructor(
    private readonly wantsJson: boolean,
    private readonly schemas: AnswerSchemas,
  ) {}

  /** The check of an answer to this request; `undefined` where nothing was asked for that can fail. */
  static for(body: Partial<GenAiRequest>, schemas: AnswerSchemas = {}): AnswerCheck | undefined {
    const type = (body['response_format'] as { type?: unknown } | null | undefined)?.type;
    const wantsJson = schemas.content !== undefined || type === 'json_object' || type === 'json_schema';
    const { tools } = body;
    const offersTools = schemas.tools !== undefined || (Array.isArray(tools) && tools.length > 0);
    return wantsJson || offersTools ? new AnswerCheck(wantsJson, schemas) : undefined;
  }

  /**
   * What is wrong with the answer, each thing once.
   *
   * @param late called where a schema takes its time and then refuses.
   */
  failuresOf(choices: readonly AnswerChoice[], late: () => void): string[] {
    const failures = new Set<string>();
    for (const { text, toolCalls } of choices) {
      // Who calls a tool has nothing to say yet.
      if (this.wantsJson && toolCalls.length === 0)
        check(text ?? '', this.schemas.content, FAILURES.content, failures, late);
      for (const { name, arguments: given } of toolCalls) {
        const schema = Object.hasOwn(this.schemas.tools ?? {}, name ?? '')
          ? this.schemas.tools?.[name ?? '']
          : undefined;
        // Some servers say nothing instead of {} for a tool without arguments.
        check(given === '' ? '{}' : given, schema, FAILURES.tools, failures, late);
      }
    }
    return [...failures];
  }
}

function check(
  text: string,
  schema: AnswerSchema | undefined,
  { json, schema: refused }: { readonly json: string; readonly schema: string },
  failures: Set<string>,
  late: () => void,
): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    failures.add(json);
    return;
  }
  if (schema !== undefined && !fits(schema, value, late)) failures.add(refused);
}

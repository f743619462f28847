/**
 * Which GenAI conventions are written: those of 1.41, the last version in OpenTelemetry's own repository, or the newest of the
 * repository that they moved to.
 */
export type GenAiConventions = '1.41' | 'latest';

const OPT_IN = 'gen_ai_latest_experimental';

/** What `OTEL_SEMCONV_STABILITY_OPT_IN` asks for, a list that other instrumentations read too. */
export function genAiConventions(variable = process.env['OTEL_SEMCONV_STABILITY_OPT_IN']): GenAiConventions {
  const asked = variable?.split(',').some((item) => item.trim() === OPT_IN) === true;
  return asked ? 'latest' : '1.41';
}

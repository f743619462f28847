/** What a client got. */
export interface Answer {
  status: number;
  traceId: string;
  requestId: string;
  body: Record<string, unknown>;
  /** Milliseconds until the answer was there. */
  ms: number;
}

/** Asks for a run of a pipeline as an outside client does. */
export async function ask(
  url: string,
  input: unknown,
  options: { pipeline?: string; query?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const started = performance.now();
  const response = await fetch(
    `${url}/v1/pipelines/${options.pipeline ?? 'text-generation'}/runs${options.query ?? ''}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'demo-key-dept-a', ...options.headers },
      body: options.body ?? JSON.stringify({ input }),
    },
  );
  return {
    status: response.status,
    traceId: response.headers.get('x-trace-id') ?? 'none',
    requestId: response.headers.get('x-request-id') ?? 'none',
    body: (await response.json()) as Record<string, unknown>,
    ms: performance.now() - started,
  };
}

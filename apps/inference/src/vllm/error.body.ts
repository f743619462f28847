const TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  413: 'BadRequestError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError',
};

/** vLLM's error body: a nested object whose code is a number. */
export function vllmErrorBody(status: number, message: string, param: string | null = null): unknown {
  return { error: { message, type: TYPES[status] ?? 'InternalServerError', param, code: status } };
}

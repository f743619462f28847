import { expect } from '@jest/globals';
import type { ContractCase } from './contract.case.ts';

const vector = (name: string, data: unknown[], shape = [1, data.length], datatype = 'FP32') => ({
  ...{ name, datatype, shape, data },
});
const BOTH = { inputs: [vector('INPUT0', [1, 2]), vector('INPUT1', [10, 20])] };
const inputs = (...tensors: object[]) => ({ inputs: tensors });
const said = (text: string) => ({ error: expect.stringMatching(text) });
const executed = (model: string) => ['InferRequest', model, 'compute'];

const ADDED = {
  model_name: 'add',
  model_version: '1',
  outputs: [{ name: 'OUTPUT0', datatype: 'FP32', shape: [1, 2], data: [11, 22] }],
};
const text = (output: string, model = 'text') => ({ model_name: model, model_version: '1', text_output: output });
const word = (output: string) => text(output, 'stream');
const NOT_ONE = said('^generate expects model to produce exactly 1 response');
const UNKNOWN = said("^Request for unknown model: 'nope' is not found$");
const UNKNOWN_VERSION = said("^Request for unknown model: 'add' version 7 is not found$");
const JSON_TYPE = 'application/json';
const PLAIN = 'text/plain';
const EVENTS = 'text/event-stream';

const INFER: readonly ContractCase[] = [
  {
    what: 'an inference',
    path: '/v2/models/add/infer',
    body: { id: 'contract-1', ...BOTH },
    ...{ status: 200, type: JSON_TYPE, answer: { id: 'contract-1', ...ADDED }, spans: executed('add') },
    attributes: {
      of: 'add',
      are: { 'triton.model_name': 'add', 'triton.model_version': 1, 'triton.request_id': 'contract-1' },
    },
    spanEvents: {
      HTTP_RECV_START: 1,
      HTTP_RECV_END: 1,
      INFER_RESPONSE_COMPLETE: 1,
      HTTP_SEND_START: 1,
      HTTP_SEND_END: 1,
    },
  },
  {
    what: 'an inference of a trace that nobody records',
    path: '/v2/models/add/infer',
    body: BOTH,
    unsampled: true,
    ...{ status: 200, type: JSON_TYPE, answer: ADDED, spans: executed('add') },
  },
  {
    what: 'an inference by a version',
    path: '/v2/models/add/versions/1/infer',
    body: BOTH,
    ...{ status: 200, type: JSON_TYPE, answer: ADDED, spans: executed('add') },
  },
  {
    what: 'an inference on texts',
    path: '/v2/models/text/infer',
    body: inputs(vector('text_input', ['hi'], [1], 'BYTES')),
    ...{ status: 200, type: JSON_TYPE, spans: executed('text') },
    answer: {
      model_name: 'text',
      model_version: '1',
      outputs: [{ name: 'text_output', datatype: 'BYTES', shape: [1], data: ['echo: hi'] }],
    },
  },
  {
    what: 'a model that fails',
    path: '/v2/models/fail/infer',
    body: inputs(vector('INPUT0', [1])),
    ...{ status: 500, type: PLAIN, answer: { error: 'the model failed' }, spans: executed('fail') },
  },
  {
    what: 'tensors that the model cannot take together',
    path: '/v2/models/add/infer',
    body: inputs(vector('INPUT0', [1, 2]), vector('INPUT1', [1, 2, 3])),
    ...{ status: 500, type: PLAIN, answer: said('operands could not be broadcast together'), spans: executed('add') },
  },
  {
    what: 'a model that answers more than once',
    path: '/v2/models/stream/infer',
    body: inputs(vector('text_input', ['hi'], [1], 'BYTES')),
    ...{ status: 501, type: PLAIN, answer: said('decoupled transaction policy') },
  },
  {
    what: 'an unknown model',
    path: '/v2/models/nope/infer',
    body: BOTH,
    ...{ status: 404, type: PLAIN, answer: UNKNOWN },
  },
  {
    what: 'an unknown version',
    path: '/v2/models/add/versions/7/infer',
    body: BOTH,
    ...{ status: 404, type: PLAIN, answer: UNKNOWN_VERSION },
  },
];

const refused = (what: string, body: object, status: number, message: string, spans?: string[]): ContractCase => ({
  ...{ what, path: '/v2/models/add/infer', body, status, type: JSON_TYPE, answer: said(message) },
  ...(spans === undefined ? {} : { spans }),
});
const [LEFT, RIGHT] = BOTH.inputs;
const nine = Array<number>(9).fill(1);
const REFUSED: readonly ContractCase[] = [
  refused(
    'a missing input',
    inputs(LEFT as object),
    400,
    "expected 2 inputs but got 1 .* missing required input\\(s\\) \\['INPUT1'\\]",
  ),
  refused(
    'an unknown input',
    inputs(LEFT as object, vector('INPUT2', [1, 2])),
    400,
    "^unexpected inference input 'INPUT2' for model 'add'$",
  ),
  refused(
    'another datatype',
    inputs(vector('INPUT0', [1, 2], [1, 2], 'INT32'), RIGHT as object),
    400,
    "'INPUT0' data-type is 'INT32', but model 'add' expects 'FP32'",
  ),
  refused(
    'a missing batch dimension',
    inputs(vector('INPUT0', [1], [1]), vector('INPUT1', [1], [1])),
    400,
    "unexpected shape for input 'INPUT\\d' for model 'add'. Expected \\[-1,-1\\], got \\[1\\]",
  ),
  refused(
    'a batch that is too large',
    inputs(vector('INPUT0', nine, [9, 1]), vector('INPUT1', nine, [9, 1])),
    400,
    "batch-size must be <= 8 for 'add'",
  ),
  refused(
    'data that do not fit their shape',
    inputs(vector('INPUT0', [1, 2], [1, 3]), RIGHT as object),
    500,
    'Shape does not match true shape',
    ['InferRequest'],
  ),
  refused('texts instead of numbers', inputs(vector('INPUT0', ['a', 'b']), RIGHT as object), 500, 'non-number', [
    'InferRequest',
  ]),
  refused('an input without data', inputs({ name: 'INPUT0' }), 400, 'But no field is set$', ['InferRequest']),
  refused('no inputs', {}, 500, "^Unable to parse 'inputs'", ['InferRequest']),
  {
    what: 'a body that is no JSON',
    path: '/v2/models/add/infer',
    body: '{"inputs":',
    ...{ status: 500, type: JSON_TYPE, answer: said('^failed to parse the request JSON buffer: .* at 10$') },
    spans: ['InferRequest'],
  },
];

const generates = (what: string, model: string, body: object, answer: unknown, more: object = {}): ContractCase => ({
  ...{ what, path: `/v2/models/${model}/generate`, body, status: 200, type: JSON_TYPE, answer },
  ...{ spans: executed(model), ...more },
});
const streams = (what: string, model: string, said: string, all: unknown[], more: object = {}): ContractCase => ({
  ...{ what, path: `/v2/models/${model}/generate_stream`, body: { text_input: said }, status: 200, type: EVENTS },
  ...{ events: { all }, spans: executed(model), ...more },
});
const GENERATE: readonly ContractCase[] = [
  generates(
    'a text',
    'text',
    { id: 'contract-2', text_input: 'hi', parameters: { max_tokens: 5 } },
    { id: 'contract-2', ...text('echo: hi') },
  ),
  generates('a text of a list of one', 'text', { text_input: ['hi'] }, text('echo: hi')),
  generates('a text of a stream of one', 'stream', { text_input: 'hi' }, word('hi')),
  generates('a text of a stream of several, an error with status 200', 'stream', { text_input: 'a b' }, NOT_ONE),
  generates(
    'a text without an input',
    'text',
    { nothing: 1 },
    said("missing required input\\(s\\) \\['text_input'\\]"),
    {
      ...{ status: 400, spans: ['InferRequest'] },
    },
  ),
  generates('a text of a number', 'text', { text_input: 7 }, said('non-string as string'), {
    ...{ status: 500, spans: ['InferRequest'] },
  }),
  generates('a text of an unknown model', 'nope', { text_input: 'hi' }, UNKNOWN, { status: 404, spans: [] }),
  streams('a stream', 'stream', 'one two three', [word('one'), word('two'), word('three')], {
    spanEvents: { INFER_RESPONSE_COMPLETE: 4, HTTP_SEND_START: 3, HTTP_SEND_END: 3 },
  }),
  streams('a stream of a model that answers once', 'text', 'a b', [text('echo: a b')], {
    spanEvents: { INFER_RESPONSE_COMPLETE: 1, HTTP_SEND_START: 1 },
  }),
  streams('a stream that fails in its middle, with status 200', 'stream', 'one fail', [
    word('one'),
    { error: 'the model failed' },
  ]),
  streams('a stream that fails at once', 'stream', 'fail', [{ error: 'the model failed' }], { status: 400 }),
  {
    what: 'a stream of an unknown model',
    path: '/v2/models/nope/generate_stream',
    body: { text_input: 'hi' },
    ...{ status: 404, type: JSON_TYPE, answer: UNKNOWN },
  },
];

const asks = (path: string, status: number, type: string, answer?: unknown): ContractCase => ({
  ...{ what: `GET ${path}`, method: 'GET', path, status, type },
  ...(answer === undefined ? {} : { answer }),
});
const NOT_READY = { error: 'Model version not ready' };
const COUNTED = expect.objectContaining({ count: expect.any(Number), ns: expect.any(Number) });
const DESCRIBED: readonly ContractCase[] = [
  asks('/v2', 200, JSON_TYPE, expect.objectContaining({ name: 'triton', version: '2.51.0' })),
  asks('/v2/models/add/ready', 200, PLAIN),
  asks('/v2/models/nope/ready', 400, PLAIN, NOT_READY),
  asks('/v2/models/add/versions/7/ready', 400, PLAIN, NOT_READY),
  asks('/v2/models/nope', 404, JSON_TYPE, UNKNOWN),
  asks('/v2/models/nope/config', 404, JSON_TYPE, UNKNOWN),
  asks('/v2/models/nope/stats', 400, JSON_TYPE, said("^requested model 'nope' is not available$")),
  asks('/v2/models/add/nothing', 404, PLAIN, { error: 'Not Found' }),
  asks('/v2/models/add', 200, JSON_TYPE, {
    ...{ name: 'add', versions: ['1'], platform: 'python' },
    inputs: ['INPUT0', 'INPUT1'].map((name) => ({ name, datatype: 'FP32', shape: [-1, -1] })),
    outputs: [{ name: 'OUTPUT0', datatype: 'FP32', shape: [-1, -1] }],
  }),
  asks(
    '/v2/models/add/config',
    ...([200, JSON_TYPE] as const),
    expect.objectContaining({
      ...{ name: 'add', backend: 'python', max_batch_size: 8 },
      input: ['INPUT0', 'INPUT1'].map((name) =>
        expect.objectContaining({ name, data_type: 'TYPE_FP32', dims: [-1], optional: false }),
      ),
      output: [expect.objectContaining({ name: 'OUTPUT0', data_type: 'TYPE_FP32', dims: [-1] })],
    }),
  ),
  asks('/v2/models/add/versions/1/stats', 200, JSON_TYPE, {
    model_stats: [
      expect.objectContaining({
        ...{ name: 'add', version: '1', inference_count: expect.any(Number), execution_count: expect.any(Number) },
        inference_stats: expect.objectContaining({ success: COUNTED, fail: COUNTED, queue: COUNTED }),
      }),
    ],
  }),
];

/** KServe v2 as Triton speaks it, over HTTP with JSON. */
export const KSERVE_CASES: readonly ContractCase[] = [...INFER, ...REFUSED, ...GENERATE, ...DESCRIBED];

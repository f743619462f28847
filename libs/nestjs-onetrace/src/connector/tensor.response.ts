import { HEADERS } from '../semantics/index.js';
import { elementsFromBytes } from './byte-elements.js';
import { ResponseProblem } from './connector.call.js';
import { jsonWithList } from './json-response.js';
import type { ReceivedResponse } from './received-response.js';
import { elementSize, type FixedDatatype, fixedFromBytes, isFixed } from './tensor.formats.js';
import { arrayFromJson, elementsFromJson } from './tensor.json-data.js';
import { elementCount } from './tensor.shape.js';
import type { Tensor, TensorResponse } from './tensor.types.js';

const BINARY_SIZE = 'binary_data_size';

/** An output as the JSON of an answer describes it. */
interface OutputHead {
  readonly name?: unknown;
  readonly datatype?: unknown;
  readonly shape?: unknown;
  readonly data?: unknown;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/**
 * Reads an answer in the binary tensor data extension of KServe v2, or in plain JSON, where the server prefers that.
 *
 * @throws ResponseProblem without a word of the content
 */
export function readTensorResponse(response: ReceivedResponse): TensorResponse {
  const { head, rest } = split(response);
  const answer = jsonWithList<{ readonly outputs: readonly OutputHead[] }>(head, 'outputs');
  let at = 0;
  const outputs = answer.outputs.map((output) => {
    const size = output.parameters?.[BINARY_SIZE];
    if (size === undefined) return tensorOf(output, fromJson);
    if (!Number.isSafeInteger(size) || (size as number) < 0 || at + (size as number) > rest.length) {
      throw problem(output, `is said to have more or other than the ${rest.length - at} bytes that follow`);
    }
    const bytes = rest.subarray(at, (at += size as number));
    return tensorOf(output, (datatype, _, count) => fromBytes(output, datatype, bytes, count));
  });
  if (at !== rest.length) throw new ResponseProblem(`${rest.length - at} of its bytes belong to no tensor`);
  return { ...answer, outputs };
}

function split(response: ReceivedResponse): { readonly head: ReceivedResponse; readonly rest: Buffer } {
  const { headers, body } = response;
  const said = headers[HEADERS.inferenceHeaderLength];
  if (said === undefined) return { head: response, rest: Buffer.alloc(0) };
  const length = typeof said === 'string' && /^\d{1,15}$/.test(said) ? Number(said) : Number.NaN;
  if (!(length <= body.length)) {
    throw new ResponseProblem(
      `its Inference-Header-Content-Length is `,
      String(said),
      `, and its body has ${body.length} bytes`,
    );
  }
  const json = { ...headers, 'content-type': 'application/json' };
  return { head: { ...response, headers: json, body: body.subarray(0, length) }, rest: body.subarray(length) };
}

type Reader = (datatype: Tensor['datatype'], output: OutputHead, count: number) => Tensor['data'];

function tensorOf(output: OutputHead, read: Reader): Tensor {
  const { name, datatype, shape } = output;
  const count = elementCount(shape);
  if (typeof name !== 'string' || count === undefined) {
    throw new ResponseProblem('one of its outputs has no name, or no usable shape');
  }
  if (!isFixed(datatype) && datatype !== 'BYTES') throw problem(output, 'has an unknown datatype');
  const data = read(datatype, output, count);
  if (data.length !== count) throw problem(output, `has ${data.length} elements, but its shape is for ${count}`);
  // The size was the wire's business.
  const parameters = Object.entries(output.parameters ?? {}).filter(([key]) => key !== BINARY_SIZE);
  const more = parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) };
  return { name, datatype, shape, data, ...more } as unknown as Tensor;
}

function fromBytes(
  output: OutputHead,
  datatype: FixedDatatype | 'BYTES',
  bytes: Buffer,
  count: number,
): Tensor['data'] {
  if (datatype === 'BYTES') {
    const elements = elementsFromBytes(bytes);
    if (elements === undefined) throw problem(output, `has lengths that do not add up to its ${bytes.length} bytes`);
    return elements;
  }
  const expected = count * elementSize(datatype);
  if (bytes.length !== expected) throw problem(output, `has ${bytes.length} bytes, but its shape is for ${expected}`);
  return fixedFromBytes(datatype, bytes);
}

function fromJson(datatype: Tensor['datatype'], output: OutputHead): Tensor['data'] {
  const { data } = output;
  if (!Array.isArray(data)) throw problem(output, 'has neither binary data nor a list');
  const flat = flattened(data as unknown[]);
  if (flat === undefined) throw problem(output, 'is nested deeper than can be read');
  const read = datatype === 'BYTES' ? elementsFromJson(flat) : arrayFromJson(datatype, flat);
  if (read === undefined) throw problem(output, 'has an element that its datatype cannot hold');
  return read;
}

/** The elements of nested lists; `undefined` where they are nested too deep for the stack. */
function flattened(data: readonly unknown[]): unknown[] | undefined {
  try {
    return data.flat(Infinity);
  } catch {
    return undefined;
  }
}

/** The name is the model's, but a server may put anything there. */
function problem({ name }: OutputHead, what: string): ResponseProblem {
  return new ResponseProblem('its output ', String(name), ` ${what}`);
}

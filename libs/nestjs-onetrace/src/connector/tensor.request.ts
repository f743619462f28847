import { HEADERS } from '../semantics/index.js';
import { elementsToBytes } from './byte-elements.js';
import type { BinaryBody } from './connector.call.js';
import { kindOf } from './json-request.js';
import { arrayName, DATATYPES, fixedToBytes, isArrayOf, isFixed } from './tensor.formats.js';
import { checkTensorRequest, invalid } from './tensor.request-check.js';
import { elementCount } from './tensor.shape.js';
import type { TensorInput, TensorRequest } from './tensor.types.js';

/** Characters of a wrong datatype that its error shows. */
const LONGEST_SHOWN = 40;

interface EncodedInput {
  readonly head: object;
  readonly bytes: Buffer;
}

/** An infer request in the binary tensor data extension of KServe v2: JSON, then the bytes of the tensors in their order. */
export class EncodedTensorRequest {
  private readonly inputs: readonly EncodedInput[];

  /**
   * @param subject what the error is about, such as `infer of model "add" (connector "triton")`.
   * @throws OnetraceError ONETRACE_INVALID_OPTION, and not a word of the tensors' content, when data, datatype and shape of an input do not fit, or
   *   the rest is none of the protocol's.
   */
  constructor(
    private readonly request: TensorRequest,
    subject: string,
  ) {
    checkTensorRequest(request, subject);
    this.inputs = request.inputs.map((input, index) => encode(input, `${subject}: inputs[${index}]`));
  }

  /** The body of one attempt. */
  body(requestId: string): BinaryBody {
    const { outputs, parameters, ...rest } = this.request;
    const requested =
      outputs === undefined
        ? { parameters: { binary_data_output: true, ...parameters } }
        : { ...(parameters === undefined ? {} : { parameters }), outputs: outputs.map(requestedOutput) };
    const inputs = this.inputs.map(({ head }) => head);
    const head = Buffer.from(JSON.stringify({ id: requestId, ...rest, ...requested, inputs }));
    return {
      bytes: Buffer.concat([head, ...this.inputs.map(({ bytes }) => bytes)]),
      headers: { [HEADERS.inferenceHeaderLength]: String(head.length), 'content-type': 'application/octet-stream' },
      quotable: () => this.quotable(),
    };
  }

  private quotable(): string {
    const { inputs, ...rest } = this.request;
    const elements = inputs.flatMap(({ datatype, data }) => (datatype === 'BYTES' ? data : []));
    const texts = elements.map((element) =>
      typeof element === 'string'
        ? element
        : Buffer.from(element.buffer, element.byteOffset, element.byteLength).toString('utf8'),
    );
    return JSON.stringify([rest, inputs.map(({ parameters }) => parameters), texts]);
  }
}

function requestedOutput(output: string | { readonly name: string; readonly parameters?: object }): object {
  const { name, parameters } = typeof output === 'string' ? { name: output, parameters: {} } : output;
  return { name, parameters: { binary_data: true, ...parameters } };
}

function encode(input: TensorInput, subject: string): EncodedInput {
  const { name, shape, parameters } = input;
  const expected = elementCount(shape);
  const where = `${subject} ("${name}")`;
  if (expected === undefined) throw invalid(`${where} has no usable shape; it takes a list of integers from 0`);
  const bytes = bytesOf(input, where);
  const { length } = input.data;
  if (length !== expected) {
    throw invalid(
      `${where} has ${length} elements, but its shape [${shape.join(', ')}] is for ${expected}; make the two fit`,
    );
  }
  const head = { name, datatype: input.datatype, shape, parameters: { ...parameters, binary_data_size: bytes.length } };
  return { head, bytes };
}

function bytesOf(input: TensorInput, where: string): Buffer {
  const { datatype, data } = input;
  if (isTransferred(data) || (Array.isArray(data) && data.some(isTransferred)))
    throw invalid(`${where} has data that was transferred, such as to a worker, and is gone; copy it before`);
  if (isFixed(datatype)) {
    if (isArrayOf(datatype, data)) return fixedToBytes(datatype, data);
    throw invalid(
      `${where} is ${datatype} and has data of ${kindOf(data)}; it takes data of type ${arrayName(datatype)}`,
    );
  }
  if (datatype !== 'BYTES') {
    const given: unknown = datatype;
    const shown = typeof given === 'string' ? JSON.stringify(given.slice(0, LONGEST_SHOWN)) : kindOf(given);
    throw invalid(`${where} has the datatype ${shown}; it takes ${DATATYPES.join(', ')}`);
  }
  const elements: unknown = data;
  if (!Array.isArray(elements)) {
    throw invalid(`${where} is BYTES and has data of ${kindOf(data)}; it takes a list of texts or Uint8Arrays`);
  }
  const wrong = elements.findIndex((element) => typeof element !== 'string' && !isArrayOf('UINT8', element));
  if (wrong === -1) return elementsToBytes(data);
  throw invalid(`${where} is BYTES and has ${kindOf(elements[wrong])} at ${wrong}; it takes texts and Uint8Arrays`);
}

/** Whether the memory of an array has gone to another owner: it would pass for an empty one. */
function isTransferred(array: unknown): boolean {
  return ArrayBuffer.isView(array) && 'detached' in array.buffer && array.buffer.detached === true;
}

import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { kindOf, writeJson } from './json-request.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Checks what an infer request with tensors is made of, apart from data, datatype and shape of its inputs.
 *
 * @param subject what the error is about.
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function checkTensorRequest(request: unknown, subject: string): void {
  const { inputs, outputs, parameters, ...rest } = members(request, `${subject}: the request`, 'an object with inputs');
  if (!Array.isArray(inputs)) throw invalid(`${subject}: inputs is ${kindOf(inputs)}; it takes a list of tensors`);
  const rests = inputs.map((input, index) => checkNamed(input, `${subject}: inputs[${index}]`, 'a tensor'));
  if (outputs !== undefined && !Array.isArray(outputs))
    throw invalid(`${subject}: outputs is ${kindOf(outputs)}; it takes a list of names or { name, parameters }`);
  for (const [index, output] of ((outputs ?? []) as unknown[]).entries()) {
    if (typeof output !== 'string' || output === '')
      rests.push(checkNamed(output, `${subject}: outputs[${index}]`, 'a name or { name, parameters }'));
  }
  if (parameters !== undefined) members(parameters, `${subject}: parameters`, 'an object');
  // The tensors go as bytes, all else as JSON.
  writeJson([rest, parameters, rests], `${subject}: a field or parameter`);
}

/** The error of a request that cannot be made. */
export function invalid(message: string): OnetraceError {
  return new OnetraceError(ERROR_CODES.invalidOption, message);
}

/** @returns its parameters */
function checkNamed(value: unknown, subject: string, takes: string): unknown {
  const { name, parameters } = members(value, subject, takes);
  if (typeof name !== 'string' || name === '') throw invalid(`${subject} has no name; it takes a non-empty text`);
  if (parameters !== undefined) members(parameters, `${subject} ("${name}"): parameters`, 'an object');
  return parameters;
}

function members(value: unknown, subject: string, takes: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw invalid(`${subject} is ${kindOf(value)}; it takes ${takes}`);
}

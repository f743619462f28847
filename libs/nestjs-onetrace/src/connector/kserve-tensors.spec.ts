import { describe, expect, it } from '@jest/globals';
import { createConnector, type KServeConnector, type TensorInput, type TensorRequest } from './index.js';
import { type Answer, ANSWER, failure, json, ModelServer, PROMPT } from './model-server.fixture.js';
import { binary, echo, lastMessage } from './tensor-answers.fixture.js';

const model = new ModelServer();
const triton = (): KServeConnector =>
  model.opens(
    createConnector({
      name: 'triton',
      protocol: 'kserve',
      baseUrl: `http://${model.target}`,
      retry: { initialDelayMs: 1 },
    }),
  );
const transferred = <T extends Int8Array | Uint8Array>(array: T): T => {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
};
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('a tensor', () => {
  it.each<[TensorInput['datatype'], TensorInput['data'], string]>([
    ['BOOL', Uint8Array.of(1, 0), '01 00'],
    ['INT8', Int8Array.of(-1, 2), 'ff 02'],
    ['INT16', Int16Array.of(-2, 258), 'feff 0201'],
    ['INT32', Int32Array.of(-2, 16909060), 'feffffff 04030201'],
    ['INT64', BigInt64Array.of(-2n, 2n ** 62n), 'feffffffffffffff 0000000000000040'],
    ['UINT8', Uint8Array.of(255, 1), 'ff 01'],
    ['UINT16', Uint16Array.of(65534, 1), 'feff 0100'],
    ['UINT32', Uint32Array.of(4294967294, 1), 'feffffff 01000000'],
    ['UINT64', BigUint64Array.of(2n ** 64n - 2n, 1n), 'feffffffffffffff 0100000000000000'],
    ['FP16', Float32Array.of(1.5, -65504), '003e fffb'],
    ['BF16', Float32Array.of(1.5, -2), 'c03f 00c0'],
    ['FP32', Float32Array.of(1.5, -2), '0000c03f 000000c0'],
    ['FP64', Float64Array.of(1.5, -2), '000000000000f83f 00000000000000c0'],
    ['BYTES', ['é', Buffer.from([0, 255])], '02000000 c3a9 02000000 00ff'],
  ])('of %s is sent as the protocol has it, and comes back as it was', async (datatype, data, bytes) => {
    model.answers = [echo(model)];
    const input = { name: 'x', datatype, shape: [1, 2], data } as TensorInput;
    const { outputs } = await triton().inferTensors('echo', { inputs: [input] });
    const { head, rest } = lastMessage(model);
    expect(rest).toEqual(hex(bytes));
    expect(head['inputs']).toEqual([
      { name: 'x', datatype, shape: [1, 2], parameters: { binary_data_size: rest.length } },
    ]);
    const expected = datatype === 'BYTES' ? [Buffer.from('é'), Buffer.from([0, 255])] : data;
    expect(outputs).toEqual([{ name: 'x', datatype, shape: [1, 2], data: expected }]);
  });

  it('is a part of a larger array, where it is one', async () => {
    model.answers = [echo(model)];
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const { outputs } = await triton().inferTensors('echo', {
      inputs: [{ name: 'x', datatype: 'FP32', shape: [2], data }],
    });
    expect(outputs[0]?.data).toEqual(Float32Array.of(2, 3));
  });
});

describe('an infer request with tensors', () => {
  const inputs: TensorInput[] = [
    { name: 'a', datatype: 'INT8', shape: [1], data: Int8Array.of(1), parameters: { ragged: true } },
    { name: 'b', datatype: 'BYTES', shape: [], data: [PROMPT] },
  ];

  it('asks for all outputs as bytes, with an ID of the attempt', async () => {
    model.answers = [json(503, {}), echo(model)];
    const answer = await triton().inferTensors('echo', { inputs, priority: 1, parameters: { p: 2 } }, { version: '3' });
    const { headers, url } = model.received.at(-1) ?? {};
    expect(url).toBe('/v2/models/echo/versions/3/infer');
    expect(headers?.['content-type']).toBe('application/octet-stream');
    expect(lastMessage(model).head).toMatchObject({
      id: headers?.['x-request-id'],
      priority: 1,
      parameters: { p: 2, binary_data_output: true },
      inputs: [{ name: 'a', parameters: { ragged: true, binary_data_size: 1 } }, { name: 'b' }],
    });
    expect(answer).toMatchObject({ model_name: 'echo', outputs: [{ parameters: { ragged: true } }, { shape: [] }] });
    expect(model.lines.at(-1)).toMatchObject({ extra: { model: 'echo', model_version: '1', attempts: 2 } });
  });

  it('asks for some outputs only, as they are wanted', async () => {
    model.answers = [echo(model)];
    const outputs = ['sum', { name: 'label', parameters: { classification: 2, binary_data: false } }];
    await triton().inferTensors('echo', { id: 'mine', inputs, outputs });
    expect(lastMessage(model).head).toMatchObject({
      id: 'mine',
      outputs: [
        { name: 'sum', parameters: { binary_data: true } },
        { name: 'label', parameters: { classification: 2, binary_data: false } },
      ],
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['too few elements', { data: Int8Array.of() }, /inputs\[0\] \("a"\) has 0 elements, but its shape \[1\] is for 1;/],
    ['a shape that is none', { shape: [-1] }, /\("a"\) has no usable shape; it takes a list of integers from 0/],
    ['a shape that is missing', { shape: undefined }, /has no usable shape/],
    ['another array', { data: [PROMPT] }, /is INT8 and has data of type Array; it takes data of type Int8Array/],
    ['an unknown datatype', { datatype: 'FP8' }, /has the datatype "FP8"; it takes BOOL, .*BYTES/],
    ['a list of numbers as BYTES', { datatype: 'BYTES', data: [7] }, /has type number at 0; it takes texts and/],
    ['an array as BYTES', { datatype: 'BYTES' }, /is BYTES and has data of type Int8Array; it takes a list/],
    ['no name', { name: '' }, /inputs\[0\] has no name/],
    [
      'data that a worker has now',
      { data: transferred(Int8Array.of(1)) },
      /\("a"\) has data that was transferred, .*; copy it before$/,
    ],
    [
      'a text that a worker has now',
      { datatype: 'BYTES', data: [transferred(Uint8Array.of(1))] },
      /has data that was transferred/,
    ],
  ])('with %s is refused with one error, and not sent', async (_, wrong, message) => {
    const input = { ...inputs[0], ...(wrong as object) } as TensorInput;
    const error = await triton()
      .inferTensors('add', { inputs: [input] })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ONETRACE_INVALID_OPTION', message: expect.stringMatching(message) });
    expect((error as Error).message).toMatch(/^infer of model "add" \(connector "triton"\)/);
    expect((error as Error).message).not.toContain(PROMPT);
    expect(model.received).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no request', null, /\(connector "triton"\): the request is null; it takes an object with inputs$/],
    ['a list as a request', [], /the request is type Array/],
    ['no tensor', { inputs: [null] }, /: inputs\[0\] is null; it takes a tensor$/],
    ['no output', { inputs, outputs: [null] }, /: outputs\[0\] is null; it takes a name or \{ name, parameters \}$/],
    [
      'an output without a name',
      { inputs, outputs: ['a', {}] },
      /: outputs\[1\] has no name; it takes a non-empty text$/,
    ],
    ['one name as outputs', { inputs, outputs: 'x' }, /: outputs is type string; it takes a list of names or/],
    ['parameters that are none', { inputs, parameters: 'x' }, /: parameters is type string; it takes an object$/],
    [
      'parameters of an input that are none',
      { inputs: [{ ...inputs[0], parameters: 7 }] },
      /\("a"\): parameters is type num/,
    ],
    [
      'a BigInt as a parameter',
      { inputs, parameters: { seed: 1n } },
      /cannot be written as JSON \(a BigInt, a function, or a circle\)/,
    ],
    [
      'a BigInt as a datatype',
      { inputs: [{ ...inputs[0], datatype: 1n }] },
      /has the datatype type bigint; it takes BOOL/,
    ],
    [
      'an object as a datatype',
      { inputs: [{ ...inputs[0], datatype: {} }] },
      /has the datatype type Object; it takes BOOL/,
    ],
    ['a prompt as a datatype', { inputs: [{ ...inputs[0], datatype: PROMPT.repeat(9) }] }, /^.{0,300}$/],
  ])('that is none of the protocol is refused with one error, and not sent: %s', async (_, request, message) => {
    const asking = triton().inferTensors('add', request as TensorRequest);
    await expect(asking).rejects.toMatchObject({
      code: 'ONETRACE_INVALID_OPTION',
      message: expect.stringMatching(message),
    });
    expect(model.received).toEqual([]);
  });

  it('has texts of any length, which arrive whole, and none of which comes back in an error', async () => {
    const long = `${'é'.repeat(500_000)} and ${PROMPT}`;
    const input: TensorInput = { name: 'x', datatype: 'BYTES', shape: [3], data: [long, Buffer.from(long), PROMPT] };
    model.answers = [echo(model)];
    const { outputs } = await triton().inferTensors('echo', { inputs: [input] });
    expect((outputs[0]?.data as readonly Buffer[]).map(String)).toEqual([long, long, PROMPT]);
    for (const data of [[long], [Buffer.from(long)]]) {
      model.answers = [json(400, { error: `cannot read '${PROMPT}'` })];
      const asking = triton().inferTensors('echo', { inputs: [{ ...input, shape: [1], data }] });
      expect((await failure(asking)).message).toContain(`cannot read '[not shown]'`);
    }
  });

  it('that the server refuses with words from it keeps them to itself', async () => {
    model.answers = [json(400, { error: `cannot parse '${PROMPT}'` })];
    expect((await failure(triton().inferTensors('echo', { inputs }))).message).toContain(`cannot parse '[not shown]'`);
  });
});

describe('an answer with tensors', () => {
  const ask = async (answer: Answer): Promise<unknown> => {
    model.answers = [answer];
    return triton().inferTensors('m', { inputs: [] });
  };
  const output = (more: object = {}) => ({ name: 'y', datatype: 'FP32', shape: [1], ...more });
  const sized = (size: unknown, more: object = {}) => output({ parameters: { binary_data_size: size }, ...more });
  const one = (head: object, rest: Buffer = Buffer.alloc(4)): Answer => binary({ outputs: [head] }, rest);

  it('may have some as JSON, nested or not', async () => {
    const outputs = [
      output({ datatype: 'INT64', shape: [2, 1], data: [[1], [-2]] }),
      output({ datatype: 'BOOL', data: [true] }),
      output({ datatype: 'BYTES', data: [ANSWER] }),
      sized(4),
    ];
    expect(await ask(binary({ outputs }, hex('0000c03f')))).toMatchObject({
      outputs: [
        { data: BigInt64Array.of(1n, -2n) },
        { data: Uint8Array.of(1) },
        { data: [Buffer.from(ANSWER)] },
        { data: Float32Array.of(1.5) },
      ],
    });
    expect(await ask(json(200, { outputs: [output({ data: [2] })] }))).toMatchObject({
      outputs: [{ data: Float32Array.of(2) }],
    });
  });

  it.each<[string, Answer, RegExp]>([
    [
      'a length beyond its body',
      binary({}, Buffer.alloc(0), { 'inference-header-content-length': '99' }),
      /its Inference-Header-Content-Length is "99", and its body has 2 bytes/,
    ],
    [
      'a length that is none',
      binary({}, Buffer.alloc(0), { 'inference-header-content-length': '-1' }),
      /its Inference-Header-Content-Length is "-1"/,
    ],
    [
      'a length inside its JSON',
      binary({ outputs: [] }, Buffer.alloc(0), { 'inference-header-content-length': '3' }),
      /its body of 3 bytes is not valid JSON/,
    ],
    ['no outputs', binary({}, Buffer.alloc(0)), /its body has no list of outputs/],
    ['more bytes than its tensors', one(sized(4), Buffer.alloc(5)), /1 of its bytes belong to no tensor/],
    ['fewer bytes than it says', one(sized(8)), /its output "y" is said to have more or other than the 4 bytes/],
    ['a size below 0', one(sized(-4)), /its output "y" is said to have more or other/],
    ['a size that is no number', one(sized('4')), /its output "y" is said to have more or other/],
    ['a size other than its shape', one(sized(4, { shape: [2] })), /"y" has 4 bytes, but its shape is for 8/],
    ['no shape', one(sized(4, { shape: [1, null] })), /one of its outputs has no name, or no usable shape/],
    ['an unknown datatype', one(sized(4, { datatype: ANSWER })), /its output "y" has an unknown datatype/],
    ['no data', binary({ outputs: [output()] }, Buffer.alloc(0)), /"y" has neither binary data nor a list/],
    ['too few JSON elements', json(200, { outputs: [output({ data: [] })] }), /"y" has 0 elements, but its shape is/],
    [
      'JSON that its datatype cannot hold',
      json(200, { outputs: [output({ datatype: 'INT8', data: [300] })] }),
      /"y" has an element that its datatype cannot hold/,
    ],
    [
      'an integer that JSON cannot hold',
      json(200, { outputs: [output({ datatype: 'INT64', data: [2 ** 60] })] }),
      /"y" has an element that its datatype cannot hold/,
    ],
    [
      'elements longer than their tensor',
      one(sized(4, { datatype: 'BYTES' }), hex('01000000')),
      /"y" has lengths that do not add up to its 4 bytes/,
    ],
    [
      'a length that is cut',
      one(sized(3, { datatype: 'BYTES' }), hex('010000')),
      /"y" has lengths that do not add up to its 3 bytes/,
    ],
    [
      'another number of elements',
      one(sized(8, { datatype: 'BYTES' }), hex('00000000 00000000')),
      /"y" has 2 elements, but its shape is for 1/,
    ],
  ])('with %s is one error', async (_, answer, message) => {
    const error = await failure(ask(answer));
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_RESPONSE', status: 200, attempts: 1, retryable: false });
    expect(error.message).toMatch(message);
  });
});

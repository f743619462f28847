import { describe, expect, it } from '@jest/globals';
import { readTaskFailure } from './task-failure.js';

describe("the core's dump of a failed workflow task", () => {
  it('is read for what failed and where, without the payloads in it', () => {
    const dump =
      'Failure { failure: Some(Failure { message: "no \\"such\\" model", source: "TypeScriptSDK", ' +
      'stack_trace: "TypeError: no\\n    at run (a.js:1)", encoded_attributes: Some(Payload { data: [115] }), cause: None, ' +
      'failure_info: Some(ApplicationFailureInfo(ApplicationFailureInfo { r#type: "TypeError" })) }) }';
    expect(readTaskFailure(dump)).toEqual({
      name: 'TypeError',
      message: 'no "such" model',
      stack: 'TypeError: no\n    at run (a.js:1)',
    });
  });

  it('has a name also where the failure has none', () => {
    expect(readTaskFailure('Failure { message: "[TMPRL1100] x", stack_trace: "" }')).toEqual({
      name: 'WorkflowTaskFailure',
      message: '[TMPRL1100] x',
    });
  });

  it.each([[undefined], [7], ['something else']])('is nothing where it is %p', (dump) => {
    expect(readTaskFailure(dump)).toBeUndefined();
  });
});

import type { Language } from '../../../tools/setup/language-workers.ts';

/** What our worker adds below the spans that start its workflows `child` and `conversation`. */
const OUR_CHILD = `worker server RunWorkflow:child
  worker client StartActivity:postprocess
    worker server RunActivity:postprocess
  worker internal CompleteWorkflow:child`;
const OUR_CONVERSATION = `worker server RunWorkflow:conversation
  worker client StartActivity:preprocess
    worker server RunActivity:preprocess
  worker internal CompleteWorkflow:conversation
  worker server HandleSignal:leave -> SignalChildWorkflow:leave
  worker server HandleSignal:say -> SignalChildWorkflow:say`;

/**
 * The workflow `relay` of the other language, begun by our client. Python hangs everything of a run below the span that
 * started it; Go below `RunWorkflow`, and each handler below its sender.
 */
export const RELAY: Record<Language, string> = {
  python: `gateway internal request
  gateway client QueryWorkflow:said
    python server HandleQuery:said -> StartWorkflow:relay
  gateway client SignalWorkflow:say
  gateway client StartWorkflow:relay
    python client StartActivity:measure
      python server RunActivity:measure
    python client StartActivity:preprocess
      worker server RunActivity:preprocess
    python client StartChildWorkflow:child
${indented(OUR_CHILD, 6)}
    python client StartChildWorkflow:conversation
${indented(OUR_CONVERSATION, 6)}
    python internal CompleteWorkflow:relay
    python server HandleSignal:say -> SignalWorkflow:say
    python server HandleUpdate:propose -> StartWorkflowUpdate:propose
    python server RunWorkflow:relay
    python server SignalChildWorkflow:leave
    python server SignalChildWorkflow:say
  gateway client StartWorkflowUpdate:propose`,
  go: `gateway internal request
  gateway client QueryWorkflow:said
    go server HandleQuery:said
  gateway client SignalWorkflow:say
    go server HandleSignal:say
  gateway client StartWorkflow:relay
    go server RunWorkflow:relay
      go client SignalChildWorkflow:leave
      go client SignalChildWorkflow:say
      go client StartActivity:measure
        go server RunActivity:measure
      go client StartActivity:preprocess
        worker server RunActivity:preprocess
      go client StartChildWorkflow:child
${indented(OUR_CHILD, 8)}
      go client StartChildWorkflow:conversation
${indented(OUR_CONVERSATION, 8)}
  gateway client StartWorkflowUpdate:propose
    go server HandleUpdate:propose
    go server ValidateUpdate:propose`,
};

/** Our workflow `tour`, begun by the client of the other language. */
export const TOUR: Record<Language, string> = {
  python: tour('python', 'StartWorkflowUpdate', {
    signal: '',
    echo: `python client StartActivity:measure
  python server RunActivity:measure
python internal CompleteWorkflow:echo
python server HandleSignal:say -> SignalChildWorkflow:say
python server RunWorkflow:echo`,
  }),
  go: tour('go', 'UpdateWorkflow', {
    signal: '\n        go server HandleSignal:say',
    echo: `go server RunWorkflow:echo
  go client StartActivity:measure
    go server RunActivity:measure`,
  }),
};

function tour(language: Language, update: string, { signal, echo }: { signal: string; echo: string }): string {
  return `${language} internal request
  ${language} client QueryWorkflow:said
    worker server HandleQuery:said -> RunWorkflow:tour
  ${language} client SignalWorkflow:say
  ${language} client StartWorkflow:tour
    worker server RunWorkflow:tour
      worker client SignalChildWorkflow:say${signal}
      worker client StartActivity:measure
        ${language} server RunActivity:measure
      worker client StartActivity:preprocess
        worker server RunActivity:preprocess
      worker client StartChildWorkflow:echo
${indented(echo, 8)}
      worker internal CompleteWorkflow:tour
      worker server HandleSignal:say -> SignalWorkflow:say
      worker server HandleUpdate:propose -> ${update}:propose
  ${language} client ${update}:propose`;
}

function indented(text: string, by: number): string {
  return text.replace(/^/gm, ' '.repeat(by));
}

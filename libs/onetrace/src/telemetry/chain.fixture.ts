import {
  activity,
  front,
  httpAttempt,
  join,
  modelCall,
  scheduled,
  serving,
  workflow,
  type Scenario,
} from './chain-parts.fixture.js';
import { makeLine } from './telemetry.fixture.js';

export type { Scenario } from './chain-parts.fixture.js';
export * from './telemetry.fixture.js';

const preprocess = join(scheduled(10, 'preprocess', 40), activity(11, 'preprocess', 52, 93, 1), {
  spans: [],
  lines: [makeLine(60, 'worker', '텍스트 3개를 정규화했습니다', 11, { extra: { texts: 3 } })],
});

/** All went well. */
export function success(): Scenario {
  return join(
    front(1260, 200),
    workflow(1240),
    preprocess,
    scheduled(20, 'inference', 104),
    activity(21, 'inference', 112, 1170, 1),
    modelCall(30, 21, 118, 1165),
    httpAttempt(31, 30, 121, 1160, 0, 200),
    serving(32, 31, 126, 1155, 200),
    scheduled(40, 'postprocess', 1190),
    activity(41, 'postprocess', 1198, 1226, 1),
  );
}

/** The first HTTP attempt got 503, the second one 200. */
export function retried(): Scenario {
  return join(
    front(1460, 200),
    workflow(1440),
    preprocess,
    scheduled(20, 'inference', 104),
    activity(21, 'inference', 112, 1370, 1),
    modelCall(30, 21, 118, 1365),
    httpAttempt(31, 30, 121, 160, 0, 503),
    serving(32, 31, 126, 155, 503),
    httpAttempt(33, 30, 361, 1360, 1, 200),
    serving(34, 33, 366, 1355, 200),
    scheduled(40, 'postprocess', 1390),
    activity(41, 'postprocess', 1398, 1426, 1),
  );
}

/** Three HTTP attempts, all refused with 503: the workflow fails and the caller gets 502. */
export function failed(): Scenario {
  const text = 'inference failed: the server answered 503 three times';
  return join(
    front(1010, 502, 'Bad Gateway'),
    workflow(990, 'Activity task failed'),
    preprocess,
    scheduled(20, 'inference', 104),
    activity(21, 'inference', 112, 960, 1, text),
    modelCall(30, 21, 118, 955, text),
    httpAttempt(31, 30, 121, 160, 0, 503),
    httpAttempt(32, 30, 361, 400, 1, 503),
    httpAttempt(33, 30, 901, 950, 2, 503),
    {
      spans: [],
      lines: [
        makeLine(1005, 'gateway', 'Unhandled exception: workflow execution failed', 2, {
          level: 'ERROR',
          error: { type: 'WorkflowFailedError', message: 'Workflow execution failed', stack: 'x\n at y' },
        }),
      ],
    },
  );
}

/** The inference server takes the request and never answers; three times the connector gives up after 10 s. */
export function hanging(): Scenario {
  const text = '127.0.0.1:8000 sent no headers within 10 s';
  return join(
    front(30_150, 504, 'the workflow did not end in time'),
    workflow(30_130, 'Activity task failed'),
    preprocess,
    scheduled(20, 'inference', 104),
    activity(21, 'inference', 112, 30_115, 1, text),
    modelCall(30, 21, 118, 30_110, text),
    httpAttempt(31, 30, 121, 10_121, 0, undefined, text),
    httpAttempt(32, 30, 10_125, 20_125, 1, undefined, text),
    httpAttempt(33, 30, 20_130, 30_105, 2, undefined, text),
  );
}

/** The worker is killed in the inference activity: its spans never arrive, its "started" lines did. */
export function deadWorker(): Scenario {
  const mark = workflow(0);
  return join(
    front(15_010, 504, 'no result within 15 s'),
    { spans: mark.spans.slice(0, 1), lines: mark.lines.slice(0, 1) },
    preprocess,
    scheduled(20, 'inference', 104),
    activity(21, 'inference', 112, undefined, 1),
  );
}

/** No worker listens on the task queue. */
export function neverPickedUp(): Scenario {
  return front(15_010, 504, 'no result within 15 s');
}

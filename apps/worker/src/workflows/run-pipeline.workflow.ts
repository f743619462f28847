import { proxyActivities } from '@temporalio/workflow';
import type { PipelineActivities } from '../activities/pipeline.activities.js';
import type { PipelineResult, PipelineRun } from '../contract/pipeline.contract.js';

type Activities = Pick<PipelineActivities, 'preprocess' | 'inference' | 'postprocess'>;

const quick = proxyActivities<Activities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 3, initialInterval: '200 milliseconds' },
});
// The connector retries within an attempt; a second attempt is for a worker that died.
const slow = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 2, initialInterval: '500 milliseconds' },
});

/** Runs a pipeline: bring the input into form, ask the model, shape the answer. */
export async function runPipeline(run: PipelineRun): Promise<PipelineResult> {
  const prepared = await quick.preprocess(run);
  const answer = await slow.inference(prepared);
  return quick.postprocess(prepared, answer);
}

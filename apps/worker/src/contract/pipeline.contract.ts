/** Task queue on which pipelines run, unless the environment names another. */
export const PIPELINE_TASK_QUEUE = 'pipelines';

/** Workflow type that runs a pipeline. */
export const RUN_PIPELINE = 'runPipeline';

/** Pipelines that this worker knows, with the protocol of the inference server behind each. */
export const PIPELINES = {
  'text-generation': 'openai',
  'tensor-add': 'kserve',
} as const;

/** Name of a pipeline. */
export type PipelineName = keyof typeof PIPELINES;

/** Input of `text-generation`. */
export interface TextInput {
  readonly prompt: string;
}

/** Input of `tensor-add`: two vectors of the same length. */
export interface TensorInput {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** Argument of the workflow. */
export type PipelineRun =
  | { readonly pipeline: 'text-generation'; readonly input: TextInput }
  | { readonly pipeline: 'tensor-add'; readonly input: TensorInput };

/** Result of the workflow. */
export interface PipelineResult {
  readonly pipeline: PipelineName;
  readonly model: string;
  readonly output: string | readonly number[];
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

import { Injectable } from '@nestjs/common';
import { ApplicationFailure } from '@temporalio/common';
import { ERROR_CODES, Trace } from 'nestjs-onetrace';
import { ConnectorError, InjectConnector, KServeConnector, OpenAiConnector } from 'nestjs-onetrace/connector';
import type { PipelineResult, PipelineRun } from '../contract/pipeline.contract.js';

/** Models that the pipelines ask for. */
const TEXT_MODEL = 'tiny';
const TENSOR_MODEL = 'add';

/** What the steps of a pipeline hand on. */
export type ModelAnswer = Omit<PipelineResult, 'pipeline'>;

/** The three steps of every pipeline, as Temporal activities with their Nest dependencies. */
@Injectable()
export class PipelineActivities {
  constructor(
    @InjectConnector('llm') private readonly llm: OpenAiConnector,
    @InjectConnector('tensors') private readonly tensors: KServeConnector,
  ) {}

  /** Brings the input into the form that the model takes. */
  @Trace('pipeline.normalise')
  preprocess(run: PipelineRun): Promise<PipelineRun> {
    if (run.pipeline === 'text-generation') {
      return Promise.resolve({ ...run, input: { prompt: run.input.prompt.trim().replace(/\s+/g, ' ') } });
    }
    if (run.input.left.length !== run.input.right.length) {
      throw ApplicationFailure.nonRetryable(
        `vectors of ${run.input.left.length} and ${run.input.right.length} elements cannot be added; send two of the same length`,
        'INVALID_INPUT',
      );
    }
    return Promise.resolve(run);
  }

  /**
   * Asks the model. The call ends with the activity's cancellation and keeps it alive meanwhile, and an error that no retry can mend ends the
   * workflow at once: the connector and the plugin see to that.
   */
  async inference(run: PipelineRun): Promise<ModelAnswer> {
    try {
      return run.pipeline === 'text-generation'
        ? await this.generate(run.input.prompt)
        : await this.add(run.input.left, run.input.right);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== ERROR_CODES.connectorTimeout) throw error;
      // A model that hung three times would hang again.
      throw ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: true, cause: error });
    }
  }

  /** Shapes the model's answer into the result of the run. */
  @Trace('pipeline.shape')
  postprocess(run: PipelineRun, answer: ModelAnswer): Promise<PipelineResult> {
    return Promise.resolve({ pipeline: run.pipeline, ...answer });
  }

  private async generate(prompt: string): Promise<ModelAnswer> {
    const completion = await this.llm.chatCompletions({
      model: TEXT_MODEL,
      messages: [{ role: 'user', content: prompt }],
      max_tokens: 64,
    });
    const { usage } = completion;
    return {
      model: completion.model,
      output: completion.choices[0]?.message.content ?? '',
      ...(usage ? { usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens ?? 0 } } : {}),
    };
  }

  private async add(left: readonly number[], right: readonly number[]): Promise<ModelAnswer> {
    const tensor = (name: string, data: readonly number[]) => ({
      name,
      shape: [1, data.length],
      datatype: 'FP32',
      data: [...data],
    });
    const answer = await this.tensors.infer(TENSOR_MODEL, {
      inputs: [tensor('INPUT0', left), tensor('INPUT1', right)],
    });
    const output = answer.outputs.find(({ name }) => name === 'OUTPUT0');
    if (output === undefined)
      throw ApplicationFailure.nonRetryable('the model answered without OUTPUT0', 'INVALID_OUTPUT');
    return { model: TENSOR_MODEL, output: output.data as number[] };
  }
}

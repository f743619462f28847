import { BadRequestException, Injectable, NotFoundException, type PipeTransform } from '@nestjs/common';
import { type PipelineName, PIPELINES, type PipelineRun } from '@onetrace/worker/contract';
import { z } from 'zod';

const vector = z.array(z.number()).min(1).max(4096);

const INPUTS = {
  'text-generation': z.strictObject({ prompt: z.string().trim().min(1).max(8000) }),
  'tensor-add': z.strictObject({ left: vector, right: vector }),
} satisfies Record<PipelineName, z.ZodType>;

/** What a caller asked for, before it is checked. */
export interface RunRequest {
  readonly pipeline: string;
  readonly body: unknown;
}

/** Checks a caller's request to run a pipeline. */
@Injectable()
export class RunRequestPipe implements PipeTransform<RunRequest, PipelineRun> {
  /** @throws NotFoundException for an unknown pipeline, BadRequestException for a wrong input, both naming what is taken. */
  transform({ pipeline, body }: RunRequest): PipelineRun {
    if (!isPipeline(pipeline)) {
      throw new NotFoundException(`there is no pipeline "${pipeline}"; known: ${Object.keys(PIPELINES).join(', ')}`);
    }
    const result = z.strictObject({ input: INPUTS[pipeline] }).safeParse(body);
    if (!result.success) {
      const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
      throw new BadRequestException(`wrong input for ${pipeline}: ${problems.join('; ')}`);
    }
    return { pipeline, input: result.data.input } as PipelineRun;
  }
}

function isPipeline(name: string): name is PipelineName {
  return Object.hasOwn(PIPELINES, name);
}

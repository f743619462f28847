import { Injectable } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { Trace } from 'nestjs-onetrace';
import type { AnalysisResult, CreateSleepLogDto, SleepLogResponseDto } from './sleep-log.dto.js';

const result: SleepLogResponseDto = { id: 'log-1' };
const analysis: AnalysisResult = { pattern: 'regular' };

// The decorators below are those of a tracing guide that was written for a hand-made decorator: they must do here as they are.
@Injectable()
export class SleepLogService {
  @Trace({
    operationName: 'sleep.log.creation',
    spanKind: SpanKind.INTERNAL,
    attributes: {
      'service.component': 'sleep-service',
      'operation.type': 'create',
    },
    recordArguments: false,
    recordResult: true,
  })
  async createSleepLog(userId: string, sleepData: CreateSleepLogDto): Promise<SleepLogResponseDto> {
    return result;
  }

  @Trace({
    operationName: 'sleep.analysis.pattern',
    attributes: {
      'analysis.type': 'pattern_recognition',
    },
  })
  async analyzeSleepPattern(userId: string): Promise<AnalysisResult> {
    return analysis;
  }
}

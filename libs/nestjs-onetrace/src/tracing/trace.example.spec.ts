/** A decorator that many applications have written by hand: its options, attribute names and use stay what they were. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { Trace } from './trace.decorator.js';

interface CreateSleepLogDto {
  readonly hours: number;
}
interface SleepLogResponseDto {
  readonly id: string;
}
interface AnalysisResult {
  readonly pattern: string;
}

@Injectable()
export class SleepLogService {
  @Trace({
    operationName: 'sleep.log.creation',
    spanKind: SpanKind.INTERNAL,
    attributes: {
      'service.component': 'sleep-service',
      'operation.type': 'create',
    },
    recordArguments: false, // 민감한 데이터 보호
    recordResult: true,
  })
  async createSleepLog(userId: string, sleepData: CreateSleepLogDto): Promise<SleepLogResponseDto> {
    // 비즈니스 로직 구현
    const result = { id: `${userId}-${sleepData.hours}` };
    return result;
  }

  @Trace({
    operationName: 'sleep.analysis.pattern',
    attributes: {
      'analysis.type': 'pattern_recognition',
    },
  })
  async analyzeSleepPattern(userId: string): Promise<AnalysisResult> {
    // 패턴 분석 로직
    const analysis = { pattern: userId };
    return analysis;
  }
}

let spans: SpanCollector;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());

describe('the sleep log service', () => {
  it('is traced under the names it was given', async () => {
    const service = new SleepLogService();
    expect(await service.createSleepLog('ada', { hours: 8 })).toEqual({ id: 'ada-8' });
    expect(await service.analyzeSleepPattern('ada')).toEqual({ pattern: 'ada' });
    expect(spans.spans()).toMatchObject([
      {
        name: 'sleep.log.creation',
        kind: SpanKind.INTERNAL,
        attributes: {
          'method.class': 'SleepLogService',
          'method.name': 'createSleepLog',
          'method.args_count': 2,
          'method.result_type': 'object',
          'method.success': true,
          'service.component': 'sleep-service',
          'operation.type': 'create',
        },
      },
      { name: 'sleep.analysis.pattern', attributes: { 'analysis.type': 'pattern_recognition' } },
    ]);
    expect(spans.spans()[0]?.attributes).not.toHaveProperty(['method.arguments']);
  });
});

import {
  BadGatewayException,
  BadRequestException,
  GatewayTimeoutException,
  HttpException,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { isGrpcServiceError, ServiceError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';

/** The result has not come in time; the run itself goes on. */
export class ResultTimeoutException extends GatewayTimeoutException {
  constructor(id: string, waitedMs: number) {
    super(`no result of run ${id} within ${waitedMs / 1000} s; it goes on, ask GET /v1/runs/${id}`);
  }
}

/** What ended a run: the innermost failure, which is the one a reader can act on. */
export function describeFailure(error: unknown): { readonly type: string; readonly message: string } {
  let cause: unknown = error instanceof WorkflowFailedError ? error.cause : error;
  while (cause instanceof ActivityFailure && cause.cause !== undefined) cause = cause.cause;
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'ApplicationFailure', message: cause.message };
  if (cause instanceof TimeoutFailure) return { type: 'TimeoutFailure', message: `timed out (${cause.timeoutType})` };
  return {
    type: cause instanceof Error ? cause.name : 'unknown',
    message: cause instanceof Error ? cause.message : String(cause),
  };
}

/** The HTTP answer to a failed run or to a Temporal that does not answer. */
export function toHttpException(error: unknown, temporalAddress: string): HttpException {
  if (error instanceof HttpException) return error;
  if (error instanceof WorkflowNotFoundError) return new NotFoundException(`there is no run "${error.workflowId}"`);
  if (error instanceof WorkflowFailedError) {
    const { type, message } = describeFailure(error);
    if (type === 'INVALID_INPUT') return new BadRequestException(message);
    if (/TIMEOUT|Timeout/.test(type)) return new GatewayTimeoutException(message, { cause: error });
    return new BadGatewayException(message, { cause: error });
  }
  if (error instanceof ServiceError || isGrpcServiceError(error)) {
    return new ServiceUnavailableException(
      `Temporal at ${temporalAddress} did not take the request: ${reason(error)}`,
      {
        cause: error,
      },
    );
  }
  throw error;
}

function reason(error: Error): string {
  const { details } = (error.cause ?? error) as { details?: unknown };
  return typeof details === 'string' && details !== '' ? details : error.message;
}

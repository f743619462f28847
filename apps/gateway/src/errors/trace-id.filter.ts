import { type ArgumentsHost, Catch, HttpException, HttpStatus, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { currentTraceId } from 'nestjs-onetrace';

/** Answers every error in one shape, with the trace ID that the caller can quote. */
@Catch()
export class TraceIdFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, message } = answerTo(error);
    response.status(status).json({
      statusCode: status,
      message,
      trace_id: currentTraceId() ?? response.getHeader('x-trace-id'),
    });
  }
}

function answerTo(error: unknown): { status: number; message: string } {
  if (error instanceof HttpException) return { status: error.getStatus(), message: error.message };
  // Errors of the body parser carry a status of their own; what is in their message is safe to show.
  const { status, expose, message } = (error ?? {}) as { status?: unknown; expose?: unknown; message?: unknown };
  if (typeof status === 'number' && expose === true && typeof message === 'string') return { status, message };
  return { status: HttpStatus.INTERNAL_SERVER_ERROR, message: 'Internal server error' };
}

import type { CallOutcome } from './connector.call.js';
import { type AnswerFacts, answerOutcome, finishReasonsOf } from './open-ai.outcome.js';

/** What the answers of all GenAI operations may have. */
export interface GenAiAnswer extends AnswerFacts {
  readonly choices?: unknown;
}

/** Where an operation is, what it is called by the GenAI conventions, and the list that its answer must have. */
export interface Operation {
  readonly name: string;
  readonly path: string;
  readonly list: string;
  /** What each item of the list must have. */
  readonly member?: string;
}

export const CHAT: Operation = { name: 'chat', path: '/v1/chat/completions', list: 'choices', member: 'message' };
export const TEXT: Operation = { name: 'text_completion', path: '/v1/completions', list: 'choices' };
export const EMBEDDINGS: Operation = { name: 'embeddings', path: '/v1/embeddings', list: 'data' };
// The conventions have no name for these two: they are the server's own.
export const RERANK: Operation = { name: 'rerank', path: '/v1/rerank', list: 'results' };
export const SCORE: Operation = { name: 'score', path: '/score', list: 'data' };

/** What a whole answer tells about itself. */
export function outcomeOf(answer: GenAiAnswer): CallOutcome {
  return answerOutcome(answer, finishReasonsOf(answer.choices));
}

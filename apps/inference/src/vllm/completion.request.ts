import { BodyError, parseJsonObject } from '../json-body.reader.js';
import { readModel, type TextRequest } from './chat.request.js';
import { readSampling } from './sampling.js';

/**
 * Reads the body of `POST /v1/completions`, whose prompt is a text here.
 *
 * @throws BodyError
 */
export function readCompletionRequest(text: string): TextRequest {
  const body = parseJsonObject(text);
  const { prompt } = body;
  if (typeof prompt !== 'string' || prompt === '') {
    throw new BodyError(400, 'Either prompt or prompt_embeds must be provided and non-empty. (parameter=prompt)', {
      param: 'prompt',
    });
  }
  return { model: readModel(body), texts: [prompt], sampling: readSampling(body) };
}

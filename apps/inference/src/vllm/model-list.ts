import { MAX_MODEL_LENGTH } from './sampling.js';

/** What vLLM says of the models that it serves. */
export function modelList(models: readonly string[]): unknown {
  const data = models.map((id) => ({
    id,
    object: 'model',
    created: 0,
    owned_by: 'vllm',
    root: id,
    parent: null,
    max_model_len: MAX_MODEL_LENGTH,
  }));
  return { object: 'list', data };
}

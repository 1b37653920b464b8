import { createError } from '../../errors.ts'
import type { Provider } from '../provider.ts'

/** LiteLLM's name for vLLM inside the same Python process, which no other program can do; refused with the remedy. */
export const vllm: Provider = {
  name: 'vllm',
  title: 'vLLM in the same process',
  docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  baseUrl: 'http://localhost:8000',
  credentials: { env: [], required: false, sign() {} },
  endpoints: {},
  answer(_endpoint, _request, { model }) {
    throw createError({
      kind: 'bad_request',
      message:
        `model: vllm/${model} means a vLLM engine inside LiteLLM's own Python process, which there is not here. ` +
        `Start "vllm serve ${model}" and call hosted_vllm/${model} with its address as api_base.`,
      param: 'model',
    })
  },
}

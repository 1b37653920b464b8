import type { Codec } from '../codec.ts'
import { decodeError } from '../openai-chat/errors/errors.ts'
import { decodeResponse, decodeStream } from './reply.ts'
import { encodeRequest, TGI_PARAMS } from './request.ts'

/**
 * Text Generation Inference's own text completion, which LoRAX speaks too.
 * Source: https://huggingface.github.io/text-generation-inference/
 */
export const tgiGenerate: Codec<'text_completion'> = {
  endpoint: 'text_completion',
  format: 'tgi-generate',
  framing: 'sse',
  upstream: { params: TGI_PARAMS, encodeRequest, decodeResponse, decodeStream, decodeError },
}

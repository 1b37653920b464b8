import type { CallInfo, Codec, FollowUp, WireReply } from '../../codecs/codec.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { stated } from '../../codecs/openai-images/options.ts'
import { decodeImages } from '../../codecs/openai-images/response.ts'
import { isJsonArray, isJsonObject, textOf } from '../../types/json.ts'
import { failedJob, imagesAt } from './image-answers.ts'

/** Milliseconds between two looks at a task. */
const POLL_MS = 2_000

/**
 * Tasks that are looked at until they are done.
 * Source: https://modelscope.cn/docs/model-service/API-Inference/intro
 */
export const modelscopeImages: Codec<'image_generation'> = {
  endpoint: 'image_generation',
  format: 'modelscope-images',
  framing: 'sse',
  upstream: {
    params: new Set(['response_format', 'size']),
    encodeRequest(request, info) {
      // Answers hold addresses; the bytes are fetched where they were asked for.
      const { response_format: _, stream: __, ...body } = stated(request)
      return { body: { ...body, model: info.model }, headers: { 'x-modelscope-async-mode': 'true' } }
    },
    follow,
    decodeResponse(body, info) {
      if (isJsonObject(body) && isJsonArray(body.output_images)) return imagesAt(body.output_images, info)
      return decodeImages(body, info)
    },
    decodeError,
  },
}

function follow(
  reply: WireReply,
  _request: unknown,
  info: CallInfo,
  step: number,
  asked: string,
): FollowUp | undefined {
  const { body } = reply
  if (!isJsonObject(body)) return undefined
  const id = textOf(body.task_id)
  const status = textOf(body.task_status).toUpperCase()
  if (status === 'FAILED') throw failedJob(`The image task failed: ${reasonOf(body.errors)}.`, info)
  if (status === 'SUCCEED' || body.data !== undefined || (step === 0 && id === '')) return undefined
  return {
    method: 'GET',
    url: step === 0 ? `../tasks/${encodeURIComponent(id)}` : asked,
    headers: { 'x-modelscope-task-type': 'image_generation' },
    afterMs: step === 0 ? POLL_MS / 4 : POLL_MS,
  }
}

function reasonOf(errors: unknown): string {
  return isJsonObject(errors) && typeof errors.message === 'string' ? errors.message : 'no reason given'
}

import type { EndpointName } from '../types/endpoint-map.ts'
import type { VideoRequest } from '../types/video.ts'
import type { Endpoint } from './endpoint.ts'
import { NO_TOKENS } from './image-answer.ts'

/** Seconds that OpenAI makes when nothing is said: https://platform.openai.com/docs/api-reference/videos/create */
const DEFAULT_SECONDS = 4

const NONE: ReadonlySet<string> = new Set()

/** Begins to make a video; it is charged when the job is taken, as LiteLLM does. */
export const videoGeneration: Endpoint<'video_generation'> = {
  ...silent('video_generation', 'avideo_generation'),
  openaiParams: new Set(['input_reference', 'seconds', 'size', 'user']),
  sample: { prompt: 'A red square turns' },
  paramSamples: { seconds: { seconds: '8' }, size: { size: '720x1280' } },
  texts: request => [request.prompt],
  withTexts: (request, [prompt]) => ({ ...request, prompt: prompt ?? request.prompt }),
  units(request, response) {
    const seconds = Number(
      response?.usage?.duration_seconds ?? response?.seconds ?? request.seconds ?? DEFAULT_SECONDS,
    )
    return secondsOfVideo(seconds)
  },
  mediaUrls: ({ input_reference: picture }) => (typeof picture === 'string' ? [picture] : []),
  withMediaUrls: (request, replace) =>
    typeof request.input_reference === 'string'
      ? { ...request, input_reference: replace(request.input_reference) }
      : request,
}

export const videoStatus: Endpoint<'video_status'> = {
  ...free('video_status', 'avideo_status'),
  sample: { video_id: 'v' },
  pin: pinOf,
}
export const videoContent: Endpoint<'video_content'> = {
  ...free('video_content', 'avideo_content'),
  sample: { video_id: 'v' },
  pin: pinOf,
  openaiParams: new Set(['variant']),
}
export const videoDelete: Endpoint<'video_delete'> = {
  ...free('video_delete', 'avideo_delete'),
  sample: { video_id: 'v' },
  pin: pinOf,
}
export const videoList: Endpoint<'video_list'> = {
  ...free('video_list', 'avideo_list'),
  sample: {},
  openaiParams: new Set(['after', 'limit', 'order']),
}

/** A video made anew from another; charged like the first. */
export const videoRemix: Endpoint<'video_remix'> = {
  ...silent('video_remix', 'avideo_remix'),
  sample: { video_id: 'v', prompt: 'A blue square turns' },
  pin: pinOf,
  texts: request => [request.prompt],
  withTexts: (request, [prompt]) => ({ ...request, prompt: prompt ?? request.prompt }),
  units: (_request, response) =>
    secondsOfVideo(Number(response?.usage?.duration_seconds ?? response?.seconds ?? DEFAULT_SECONDS)),
}

function pinOf({ deployment }: VideoRequest): string | undefined {
  return deployment
}

function secondsOfVideo(seconds: number) {
  return { outputPerVideoSecond: seconds, outputPerSecond: seconds }
}

function free<E extends EndpointName>(name: E, callType: string): Endpoint<E> {
  return { ...silent(name, callType), isFree: true }
}

/** An endpoint that carries neither texts nor tokens. */
function silent<E extends EndpointName>(name: E, callType: string): Endpoint<E> {
  return {
    name,
    callType,
    openaiParams: NONE,
    texts: () => [],
    withTexts: request => request,
    replyTexts: () => [],
    withReplyTexts: response => response,
    usage: () => NO_TOKENS,
    maxOutputTokens: () => 0,
  }
}

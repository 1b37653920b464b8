import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import { wordOf } from '../../types/json.ts'
import type { Codec, UpstreamHalf, WireRequest } from '../codec.ts'
import { decodeVideoId } from '../media/video-id.ts'
import { decodeError } from '../openai-chat/errors/errors.ts'
import { imageForm } from '../openai-images/form.ts'
import { stated } from '../openai-images/options.ts'
import {
  decodeContentRequest,
  decodeGeneration,
  decodeListRequest,
  decodeRemix,
  decodeVideoRequest,
  inboundOf,
} from './inbound.ts'
import { decodeContent, decodeDeleted, decodeVideo, decodeVideoList } from './response.ts'

/** Where a vendor keeps its videos. */
export interface OpenaiVideosOptions {
  /** Before `/videos`, below the base URL. */
  readonly prefix?: string
  readonly query?: (deployment: Deployment) => Readonly<Record<string, string>> | undefined
}

const NO_PARAMS: ReadonlySet<string> = new Set()

/** The six operations on videos. Source: https://platform.openai.com/docs/api-reference/videos */
export function openaiVideosWith(options: OpenaiVideosOptions) {
  return { ...making(options), ...keeping(options) }
}

/** A path below `/videos`, as this vendor writes it. */
type At = (deployment: Deployment, tail: string) => { path: string; query?: Readonly<Record<string, string>> }

function atOf({ prefix = '', query }: OpenaiVideosOptions): At {
  return (deployment, tail) => {
    const more = query?.(deployment)
    return { path: `${prefix}/videos${tail}`, ...(more && { query: more }) }
  }
}

const one = (id: string) => `/${encodeURIComponent(id)}`

/** What begins a job. */
function making(options: OpenaiVideosOptions) {
  const at = atOf(options)
  return {
    video_generation: codec('video_generation', inboundOfForms(), {
      params: new Set(['input_reference', 'seconds', 'size', 'user']),
      inlines: () => true,
      encodeRequest: (request, { model, deployment }) => ({
        ...at(deployment, ''),
        body: {},
        payload: imageForm({ ...stated(request), model }),
      }),
      decodeResponse: decodeVideo,
    }),
    video_remix: codec('video_remix', inboundOf<'video_remix'>(decodeRemix), {
      params: NO_PARAMS,
      encodeRequest: ({ video_id: id, prompt }, { deployment }) => ({
        ...at(deployment, `${one(id)}/remix`),
        body: { prompt },
      }),
      decodeResponse: decodeVideo,
    }),
  }
}

/** What is about videos that are there. */
function keeping(options: OpenaiVideosOptions) {
  const at = atOf(options)
  return {
    video_status: codec('video_status', inboundOf<'video_status'>(decodeVideoRequest), {
      params: NO_PARAMS,
      encodeRequest: ({ video_id: id }, { deployment }) => get(at(deployment, one(id))),
      decodeResponse: decodeVideo,
    }),
    video_content: codec('video_content', inboundOf<'video_content'>(decodeContentRequest), {
      params: new Set(['variant']),
      takesBytes: true,
      encodeRequest: ({ video_id: id, variant }, { deployment }) =>
        get(at(deployment, `${one(id)}/content`), { variant }),
      decodeResponse: decodeContent,
    }),
    video_delete: codec('video_delete', inboundOf<'video_delete'>(decodeVideoRequest), {
      params: NO_PARAMS,
      encodeRequest: ({ video_id: id }, { deployment }) => ({
        ...at(deployment, one(id)),
        method: 'DELETE',
        body: {},
      }),
      decodeResponse: decodeDeleted,
    }),
    video_list: codec('video_list', inboundOf<'video_list'>(decodeListRequest), {
      params: new Set(['after', 'limit', 'order']),
      encodeRequest: ({ after, limit, order }, { deployment }) =>
        get(at(deployment, ''), { after: after && (decodeVideoId(after)?.videoId ?? after), limit, order }),
      decodeResponse: decodeVideoList,
    }),
  }
}

function get({ path, query }: ReturnType<At>, asked: Readonly<Record<string, unknown>> = {}): WireRequest {
  const texts = Object.entries(stated(asked)).map(([key, value]) => [key, wordOf(value)] as const)
  const whole: Record<string, string> = { ...query, ...Object.fromEntries(texts) }
  return { method: 'GET', path, body: {}, ...(Object.keys(whole).length > 0 && { query: whole }) }
}

export const openaiVideos = openaiVideosWith({})

function inboundOfForms() {
  return { ...inboundOf<'video_generation'>(decodeGeneration), takesForms: true as const }
}

function codec<E extends EndpointName>(
  endpoint: E,
  inbound: NonNullable<Codec<E>['inbound']>,
  upstream: Omit<UpstreamHalf<E>, 'decodeError'>,
): Codec<E> {
  return {
    endpoint,
    format: 'openai-videos',
    framing: 'sse',
    upstream: { ...upstream, decodeError },
    inbound,
  }
}

import { encodeVideoId } from '../../../codecs/media/video-id.ts'
import { DOT } from '../../../endpoints/image-edit.ts'
import type { ImageResponse } from '../../../types/image-generation.ts'
import { type JsonObject, wordOf } from '../../../types/json.ts'
import type { OcrResponse } from '../../../types/ocr.ts'
import type { SearchRequest, SearchResponse } from '../../../types/search.ts'
import type { Video, VideoDeleted, VideoList } from '../../../types/video.ts'
import { WireBytes } from '../../../types/wire-body.ts'
import type { LocalAnswer } from '../../provider.ts'

type Info = Parameters<LocalAnswer>[2]
type Say = (heard: string) => string

/** One pixel, as often as images were asked for; an address where one was. */
export function mockImages({ n, response_format: format }: JsonObject, say: Say, info: Info): ImageResponse {
  const said = say('')
  const address = /^(https?:\/\/|data:)/.test(said) ? said : DOT
  const item =
    format === 'url' || address !== DOT ? { url: address } : { b64_json: DOT.slice(DOT.indexOf(',') + 1) }
  const count = typeof n === 'number' ? n : 1
  return { created: seconds(info), data: Array.from({ length: count }, () => ({ ...item })) }
}

/** A video that is finished at once. */
export function mockVideo(request: JsonObject, info: Info): Video {
  const { video_id: id, prompt, seconds: length, size } = request
  return {
    id: encodeVideoId(typeof id === 'string' ? id : `mock-${info.id}`, info.deployment),
    object: 'video',
    status: 'completed',
    created_at: seconds(info),
    completed_at: seconds(info),
    progress: 100,
    model: info.model,
    seconds: wordOf(length ?? 4),
    size: typeof size === 'string' ? size : '720x1280',
    ...(typeof prompt === 'string' && { prompt }),
    error: null,
  }
}

/** The smallest start of an MP4 file: its type box. */
export function mockVideoContent(): WireBytes {
  return new WireBytes(Buffer.from('00000010667479706d70343200000000', 'hex'), 'video/mp4')
}

export function mockVideoDeletion(id: string, info: Info): VideoDeleted {
  return { id: encodeVideoId(id, info.deployment), object: 'video.deleted', deleted: true }
}

export function mockVideoList(): VideoList {
  return { object: 'list', data: [], first_id: null, last_id: null, has_more: false }
}

export function mockOcr(say: Say, info: Info): OcrResponse {
  return {
    object: 'ocr',
    model: info.model,
    pages: [{ index: 0, markdown: say('a document'), images: [], dimensions: null }],
    usage_info: { pages_processed: 1, doc_size_bytes: null },
  }
}

export function mockSearch({ query }: SearchRequest, say: Say): SearchResponse {
  const asked = typeof query === 'string' ? query : query.join(', ')
  return {
    object: 'search',
    results: [{ title: asked, url: 'https://example.com/', snippet: say(asked) }],
  }
}

function seconds({ now }: Info): number {
  return Math.floor(now / 1000)
}

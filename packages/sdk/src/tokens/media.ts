import type { ContentPart } from '../types/chat.ts'
import { isJsonObject } from '../types/json.ts'

/** LiteLLM's default for an image whose size nobody looked up. */
const IMAGE = 250
/** OpenAI's flat price of an image at low detail. Source: https://platform.openai.com/docs/guides/images-vision */
const IMAGE_LOW = 85
/** … and of one of 1024 × 1024 at high detail: 4 tiles of 170 and the base 85. */
const IMAGE_HIGH = 765
/** A second of audio is about ten tokens, and about 16 KB as MP3: the densest common format decides. */
const AUDIO_BYTES_PER_TOKEN = 1_600
/** A page of a PDF is some 50 KB and some 1,500 tokens of text and image. */
const FILE_BYTES_PER_TOKEN = 33

/** A rough count for a part that is not text, without fetching or decoding it; `undefined` when it is text. */
export function mediaTokens(part: ContentPart): number | undefined {
  const { image_url, input_audio, file } = part
  if (part.type === 'image_url') {
    const detail = isJsonObject(image_url) ? image_url.detail : undefined
    return detail === 'low' ? IMAGE_LOW : detail === 'high' ? IMAGE_HIGH : IMAGE
  }
  if (part.type === 'input_audio') {
    return bytesOf(isJsonObject(input_audio) ? input_audio.data : undefined, AUDIO_BYTES_PER_TOKEN)
  }
  if (part.type === 'file')
    return bytesOf(isJsonObject(file) ? file.file_data : undefined, FILE_BYTES_PER_TOKEN)
  return part.type === 'video_url' || part.type === 'document' ? IMAGE : undefined
}

/** Tokens of base64 data; never fewer than an image of unknown size. */
function bytesOf(base64: unknown, bytesPerToken: number): number {
  const bytes = typeof base64 === 'string' ? base64.length * 0.75 : 0
  return Math.max(IMAGE, Math.ceil(bytes / bytesPerToken))
}

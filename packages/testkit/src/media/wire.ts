import { audioOf, mp4Of, pngOf } from '../answer/media.ts'
import { oauthFailure } from '../tokens/oauth.ts'
import { Failure } from '../wire/failure.ts'
import type { CallOperation, Head, Wire } from '../wire/wire.ts'

const base = '/testkit-media/'

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  txt: 'text/plain; charset=utf-8',
  pdf: 'application/pdf',
}

/** A file whose content follows from its name. */
const file: CallOperation = {
  kind: 'call',
  answer({ head }) {
    const name = decodeURIComponent(head.path.slice(base.length))
    const dot = name.lastIndexOf('.')
    const [text, extension] = [name.slice(0, dot), name.slice(dot + 1)]
    const contentType = types[extension]
    if (contentType === undefined || dot < 0) {
      throw new Failure('not-found', {
        message: `No file '${name}': names end in ${Object.keys(types).join(', ')}.`,
      })
    }
    return { bytes: bytesOf(text, extension), contentType }
  },
}

function bytesOf(text: string, extension: string): Buffer {
  if (extension === 'png') return pngOf(text)
  if (extension === 'mp4') return mp4Of(text)
  if (extension === 'txt') return Buffer.from(text)
  if (extension === 'pdf') return Buffer.from(`%PDF-1.4\n% ${text}\n%%EOF\n`)
  return audioOf(extension, text)
}

/** Files that replies link to and that requests may link to: `GET /testkit-media/<text>.<png|mp3|wav|mp4|txt|pdf>`. */
export const media: Wire = {
  name: 'media',
  route: head => (head.method === 'GET' && head.path.startsWith(base) ? { operation: file } : undefined),
  credential: () => 'none needed',
  headers: () => ({}),
  failure: oauthFailure,
  failureEvent: failure => oauthFailure(failure).body,
}

/** The URL of a file on this upstream, as `http://127.0.0.1:1234/testkit-media/a%20cat.png`. */
export function mediaUrl({ headers }: Head, text: string, extension: string): string {
  return `http://${headers.host}${base}${encodeURIComponent(text.slice(0, 200))}.${extension}`
}

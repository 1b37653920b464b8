import { pngOf } from '../answer/media.ts'
import { asText } from '../json.ts'
import { checkAwsSignature } from '../tokens/verify-aws-signature.ts'
import { fillIn } from '../vertex/services.ts'
import { filledText, integer, list, oneOf, record, text } from '../wire/shape.ts'
import type { ChatOperation, Operation, PlainOperation, Wire } from '../wire/wire.ts'
import { chat } from './chat.ts'
import { embeddings } from './embeddings.ts'
import { openai } from './wire.ts'

/** What compatible vendors take and OpenAI refuses. */
const OWN_KEYS = new Set(['usage', 'reasoning', 'search_parameters', 'enable_thinking', 'thinking'])

const lenient: ChatOperation = {
  ...chat,
  read: (body, route) =>
    chat.read(
      {
        ...Object.fromEntries(Object.entries(body).filter(([key]) => !OWN_KEYS.has(key))),
        // Where the path names the deployment, a body may name nothing.
        model: body.model || 'in-the-path',
        // Usage is told unasked.
        ...(body.stream === true && { stream_options: { include_usage: true } }),
      },
      route,
    ),
}

const lenientEmbeddings: PlainOperation = {
  ...embeddings,
  // Jina's word for the encoding.
  reply: ({ embedding_type: _, ...body }, route) => embeddings.reply(body, route),
}

const editShape = record(
  { model: filledText, prompt: filledText },
  {
    image: record({ type: oneOf('image_url'), url: filledText }),
    images: list(record({ type: oneOf('image_url'), url: filledText }), 1),
    n: integer(1, 10),
    quality: text,
    response_format: oneOf('url', 'b64_json'),
    user: text,
  },
)

/** https://docs.x.ai/docs/guides/image-generations#image-editing: JSON with addresses. */
const imageEdits: PlainOperation = {
  kind: 'plain',
  reply(body) {
    editShape(body, [])
    return { created: 1_750_000_000, data: [{ b64_json: pngOf(asText(body.prompt)).toString('base64') }] }
  },
}

const others: readonly (readonly [tail: string, operation: Operation])[] = [
  ['/embeddings', lenientEmbeddings],
  ['/fim/completions', fillIn],
  ['/images/edits', imageEdits],
]

/** Doors of OpenAI's, wherever a vendor put them: `/elsewhere/any/path/chat/completions`. */
export const elsewhere: Wire = {
  ...openai,
  name: 'elsewhere',
  prefixed: true,
  basePath: '',
  // Some take the key as it is, without a scheme.
  credential: head => openai.credential(head) ?? head.headers.authorization,
  async authorize(shown) {
    const signed = shown.head.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')
    if (signed) await checkAwsSignature(shown, 'bedrock-mantle')
  },
  route({ method, path }) {
    if (method === 'POST' && path.endsWith('/chat/completions')) return { operation: lenient, framing: 'sse' }
    const [, operation] = (method === 'POST' && others.find(([tail]) => path.endsWith(tail))) || []
    return operation && { operation, framing: 'sse' }
  },
}

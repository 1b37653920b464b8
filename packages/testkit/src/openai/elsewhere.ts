import { checkAwsSignature } from '../tokens/verify-aws-signature.ts'
import type { ChatOperation, Wire } from '../wire/wire.ts'
import { chat } from './chat.ts'
import { openaiRoute } from './routes.ts'
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
    return path.endsWith('/embeddings') ? openaiRoute(method, '/embeddings') : undefined
  },
}

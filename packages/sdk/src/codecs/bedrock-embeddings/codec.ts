import { badRequest, createError } from '../../errors.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, FollowUp, WireReply } from '../codec.ts'
import { type EmbeddingFamily, embeddingFamily } from './families.ts'

/** What one or more replies said. */
interface Gathered {
  readonly vectors: unknown[]
  /** `undefined` as soon as one reply does not tell. */
  readonly tokens: number | undefined
}

/** What earlier replies of a call said: most models embed one text at a time. */
const gathered = new WeakMap<CallInfo, Gathered>()

/** Embeddings by InvokeModel, each maker's own body, as many requests as its models want. */
export const bedrockEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'bedrock-embeddings',
  framing: 'sse',
  upstream: {
    params: new Set(['dimensions', 'encoding_format', 'metadata']),
    encodeRequest(request, info) {
      const family = embeddingFamily(info.model)
      return { body: family.encode(inputsOf(request).slice(0, family.batch), request) }
    },
    inlines: () => true,
    follow,
    decodeResponse(body, info, headers = {}) {
      const family = embeddingFamily(info.model)
      const all = joined(gathered.get(info), read(family, body, headers, info))
      return {
        object: 'list',
        model: info.model,
        data: all.vectors.map((embedding, index) => ({
          object: 'embedding',
          index,
          embedding: embedding as number[],
        })),
        ...(all.tokens !== undefined && {
          usage: { prompt_tokens: all.tokens, total_tokens: all.tokens },
        }),
      } satisfies EmbeddingResponse
    },
    decodeError: decodeAwsError,
  },
}

function follow(
  reply: WireReply,
  request: EmbeddingRequest,
  info: CallInfo,
  step: number,
): FollowUp | undefined {
  const family = embeddingFamily(info.model)
  const from = (step + 1) * family.batch
  const inputs = inputsOf(request).slice(from, from + family.batch)
  if (inputs.length === 0) return undefined
  gathered.set(info, joined(gathered.get(info), read(family, reply.body, reply.headers, info)))
  return { method: 'POST', url: '', body: family.encode(inputs, request), afterMs: 0 }
}

function read(
  family: EmbeddingFamily,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  info: CallInfo,
): Gathered {
  const vectors = isJsonObject(body) ? family.decode(body) : undefined
  if (!isJsonObject(body) || vectors === undefined || !vectors.every(isJsonArray))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an embedding request without vectors.',
      provider: info.deployment.provider,
      model: info.model,
    })
  const tokens = Number(family.tokens?.(body) ?? headers['x-amzn-bedrock-input-token-count'])
  return { vectors: [...vectors], tokens: Number.isFinite(tokens) ? tokens : undefined }
}

function joined(before: Gathered | undefined, more: Gathered): Gathered {
  if (before === undefined) return more
  const told = before.tokens !== undefined && more.tokens !== undefined
  return {
    vectors: [...before.vectors, ...more.vectors],
    tokens: told ? (before.tokens ?? 0) + (more.tokens ?? 0) : undefined,
  }
}

function inputsOf({ input }: EmbeddingRequest): string[] {
  const list: unknown[] = isJsonArray(input) ? input : [input]
  if (list.length === 0) throw badRequest('input: must hold at least one text.', 'input')
  return list.map((item, index) => {
    const at = isJsonArray(input) ? `input[${index}]` : 'input'
    if (typeof item !== 'string' || item === '')
      throw badRequest(
        `${at}: this provider embeds texts and data: URIs, not tokens. Send the text itself.`,
        at,
      )
    return item
  })
}

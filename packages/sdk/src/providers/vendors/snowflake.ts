import type { CallInfo, Codec } from '../../codecs/codec.ts'
import { without } from '../../codecs/gemini/request/fields.ts'
import { embeddedTexts, warnOfInputType } from '../../codecs/openai-embeddings/embedded-texts.ts'
import { snowflakeComplete } from '../../codecs/snowflake-complete/codec.ts'
import { decodeError } from '../../codecs/snowflake-complete/errors.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { withUrlVariable } from '../../credentials/url-variable.ts'
import { createError } from '../../errors.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Provider } from '../provider.ts'

const PAT = 'pat/'

/** A key-pair JWT, or a programmatic access token written as LiteLLM has it: `pat/TOKEN`. */
const tokens: Credentials = {
  env: ['SNOWFLAKE_JWT', 'SNOWFLAKE_API_KEY'],
  required: true,
  sign(request, secret = '') {
    const isPat = secret.startsWith(PAT)
    request.headers.authorization = `Bearer ${isPat ? secret.slice(PAT.length) : secret}`
    request.headers['x-snowflake-authorization-token-type'] = isPat
      ? 'PROGRAMMATIC_ACCESS_TOKEN'
      : 'KEYPAIR_JWT'
  },
}

const OWN = new Set(['model', 'input', 'encoding_format', 'user', 'metadata', 'input_type'])

/** Source: https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/reference/cortex-embed */
const snowflakeEmbed: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'snowflake-embed',
  framing: 'sse',
  upstream: {
    params: new Set(['encoding_format']),
    encodeRequest(request: EmbeddingRequest, info) {
      warnOfInputType(request, info)
      return {
        body: {
          model: info.model,
          text: embeddedTexts(request.input, 'Snowflake'),
          ...without(request, OWN),
        },
      }
    },
    decodeResponse,
    decodeError,
  },
}

/** Each vector lies in a list of one. */
function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  if (!isJsonObject(body) || !isJsonArray(body.data))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an embedding request without "data".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const usage: JsonObject = isJsonObject(body.usage) ? body.usage : {}
  const tokens = usage.total_tokens
  return {
    object: 'list',
    model: info.model,
    data: body.data.filter(isJsonObject).map(({ embedding }, index) => ({
      object: 'embedding',
      index,
      embedding: (isJsonArray(embedding) && isJsonArray(embedding[0]) ? embedding[0] : embedding) as number[],
    })),
    ...(typeof tokens === 'number' && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
}

const ROOTS = ['/api/v2/cortex/inference:complete', '/api/v2/cortex', '/api/v2']

/** LiteLLM users write the account's address with more or less of the path. */
function accountRoot(base: string): string {
  const trimmed = base.endsWith('/') ? base.slice(0, -1) : base
  const root = ROOTS.find(path => trimmed.endsWith(path))
  return root === undefined ? trimmed : trimmed.slice(0, -root.length)
}

/** Source: https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-llm-rest-api */
export const snowflake: Provider = {
  name: 'snowflake',
  title: 'Snowflake Cortex',
  docs: 'https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-llm-rest-api',
  baseUrl: 'https://SNOWFLAKE_ACCOUNT_ID.snowflakecomputing.com',
  baseUrlEnv: ['SNOWFLAKE_API_BASE'],
  credentials: withUrlVariable(tokens, {
    env: 'SNOWFLAKE_ACCOUNT_ID',
    param: 'account_id',
    what: 'the identifier of your Snowflake account',
  }),
  endpoints: {
    chat: [{ codec: snowflakeComplete, path: '/api/v2/cortex/inference:complete', baseUrl: accountRoot }],
    embedding: [{ codec: snowflakeEmbed, path: '/api/v2/cortex/inference:embed', baseUrl: accountRoot }],
  },
  exampleModels: ['claude-sonnet-4-5', 'llama3.3-70b', 'mistral-large2', 'snowflake-arctic-embed-l-v2.0'],
}

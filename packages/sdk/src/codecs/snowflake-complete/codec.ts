import type { Codec } from '../codec.ts'
import { decodeError } from './errors.ts'
import { decodeResponse, decodeStream } from './reply.ts'
import { encodeRequest, SNOWFLAKE_PARAMS } from './request.ts'

/**
 * Cortex's `inference:complete`: OpenAI's frame with content lists and tool specifications of its own.
 * Source: https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-llm-rest-api
 */
export const snowflakeComplete: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'snowflake-complete',
  framing: 'sse',
  upstream: {
    params: SNOWFLAKE_PARAMS,
    unsaid: ['audio', 'cache_control', 'detail', 'images', 'is_error', 'others', 'schema', 'strict'],
    encodeRequest,
    decodeResponse,
    decodeStream,
    decodeError,
  },
}

import type { ChatChunk, ChatRequest } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import { decodeAwsError } from '../aws-errors.ts'
import { bedrockConverse } from '../bedrock-converse/codec.ts'
import { decodeStream } from '../bedrock-converse/reply/stream.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'
import { unwrapChunks } from './chunks.ts'

const { upstream } = bedrockConverse

/**
 * Nova by its own body, which is Converse's with a schema's name and `topK` in its place.
 * Source: https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
 */
export const bedrockNova: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'bedrock-invoke-nova',
  framing: 'aws-event-stream',
  upstream: {
    ...upstream,
    encodeRequest,
    decodeStream: info => unwrapChunks(namedEvents(info), info),
    decodeError: decodeAwsError,
  },
}

function encodeRequest(request: ChatRequest, info: CallInfo): WireRequest {
  const { body } = upstream.encodeRequest(request, info)
  const { additionalModelRequestFields: given, inferenceConfig: config, ...rest } = body
  const { inferenceConfig: more, ...fields } = isJsonObject(given) ? given : ({} as JsonObject)
  const inference = { ...(isJsonObject(config) && config), ...(isJsonObject(more) && more) }
  return {
    body: {
      schemaVersion: 'messages-v1',
      ...rest,
      ...fields,
      ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
    },
  }
}

/** Here an event is an object whose only key is its name. */
function namedEvents(info: CallInfo): StreamTransform<WireEvent, ChatChunk> {
  const decoder = decodeStream(info)
  return {
    push: ({ data }) =>
      Object.entries(parseEvent(data, info)).flatMap(([event, body]) =>
        isJsonObject(body) ? [...decoder.push({ event, data: JSON.stringify(body) })] : [],
      ),
    end: () => decoder.end(),
  }
}

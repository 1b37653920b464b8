import { anthropicErrorBody, anthropicFailure } from '../anthropic/failures.ts'
import { countMessageTokens, messagesOperation } from '../anthropic/messages.ts'
import { anthropic } from '../anthropic/wire.ts'
import { asText, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import type { ChatOperation, PlainOperation } from '../wire/wire.ts'

const version = 'vertex-2023-10-16'
const words = {
  frame: (event: unknown) => anthropic.frame?.(event) ?? '',
  failure: anthropicFailure,
  failureEvent: anthropicErrorBody,
}

/** `publishers/anthropic/…:rawPredict`: Anthropic's Messages with a version in the body and the model in the path. */
export function claudeOperation(beta: boolean): ChatOperation {
  const messages = messagesOperation(beta)
  return {
    ...messages,
    ...words,
    read(body, route) {
      if (body.model !== undefined) {
        throw new Failure('invalid', { message: 'model: Extra inputs are not permitted' })
      }
      return messages.read({ ...versioned(body), model: route.model ?? '' }, route)
    },
  }
}

/** `publishers/anthropic/models/count-tokens:rawPredict`; here the body names the model. */
export const countClaudeTokens: PlainOperation = {
  kind: 'plain',
  reply: (body, route) => countMessageTokens.reply(versioned(body), route),
}

function versioned(body: JsonObject): JsonObject {
  const { anthropic_version: given, ...rest } = body
  if (given === version) return rest
  throw new Failure('invalid', {
    message: `anthropic_version: ${given === undefined ? 'Field required' : `"${asText(given)}" is not supported`}`,
  })
}

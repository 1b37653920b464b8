import { createError } from '../../errors.ts'
import type { StreamReader } from '../../types/stream.ts'
import { awsStreamError } from '../aws-errors.ts'
import type { CallInfo } from '../codec.ts'
import { parseEvent } from '../parse-event.ts'

/**
 * Opens InvokeModel's `chunk` messages, in which the maker's own events lie as base64, for the maker's own decoder.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
export function unwrapChunks<Event>(inner: StreamReader<Event>, info: CallInfo): StreamReader<Event> {
  return {
    get toldUsage() {
      return inner.toldUsage
    },
    push(event) {
      if (event.exception) throw awsStreamError(event, info)
      const { bytes } = parseEvent(event.data, info)
      if (event.event !== undefined && event.event !== 'chunk') return []
      if (typeof bytes !== 'string')
        throw createError({
          kind: 'bad_gateway',
          message: 'The provider sent a chunk without bytes.',
          provider: info.deployment.provider,
          model: info.model,
        })
      return inner.push({ data: Buffer.from(bytes, 'base64').toString('utf8') })
    },
    end: () => inner.end(),
  }
}

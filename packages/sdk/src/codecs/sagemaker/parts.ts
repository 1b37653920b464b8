import { createSseReader } from '../../transport/framing/sse.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import { awsStreamError } from '../aws-errors.ts'
import type { CallInfo, WireRequest } from '../codec.ts'

/**
 * Opens the payload parts of a streamed invocation: pieces, cut anywhere, of the server-sent events that the container
 * writes. Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
 */
export function unwrapParts<Event>(
  inner: StreamTransform<WireEvent, Event>,
  info: CallInfo,
): StreamTransform<WireEvent, Event> {
  const read = createSseReader()
  const feed = (bytes: Buffer) => read(bytes).flatMap(event => [...inner.push(event)])
  return {
    push(event) {
      if (event.exception) throw awsStreamError(event, info)
      return feed(event.bytes ?? Buffer.from(event.data))
    },
    // Some containers leave out the blank line after their last event.
    end: () => [...feed(Buffer.from('\n\n')), ...inner.end()],
  }
}

/** The request with the header that says which of an endpoint's models is meant (`model_id`). */
export function withComponent(request: WireRequest, info: CallInfo): WireRequest {
  const { model_id: component } = info.deployment.params ?? {}
  if (typeof component !== 'string' || component === '') return request
  return {
    ...request,
    headers: { ...request.headers, 'x-amzn-sagemaker-inference-component': component },
  }
}

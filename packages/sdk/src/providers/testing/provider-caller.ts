import { call } from '../../call.ts'
import { SluiceError } from '../../errors.ts'
import type { CallHost } from '../../steps/shapes.ts'
import { createMediaFetcher, DEFAULT_MEDIA_POLICY } from '../../transport/media/media-fetcher.ts'
import { createTransport } from '../../transport/undici-transport.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { EndpointName, EventOf, RequestOf, ResponseOf } from '../../types/endpoint-map.ts'
import type { Warning } from '../../types/warning.ts'
import type { Provider } from '../provider.ts'

const MAX_BYTES = 16 * 1024 * 1024

export interface CallerOptions<E extends EndpointName> {
  readonly endpoint: E
  readonly deployment: Omit<Deployment, 'id' | 'group' | 'provider'>
  readonly request: Omit<RequestOf<E>, 'model'>
  readonly clientFormat?: string
  readonly formatHeaders?: Readonly<Record<string, string>>
}

/** Calls one provider over real sockets, with an environment of the test's own. */
export class ProviderCaller {
  readonly warnings: Warning[] = []
  environment: Readonly<Record<string, string>> = {}
  readonly host: CallHost
  private readonly provider: Provider

  constructor(provider: Provider) {
    this.provider = provider
    const transport = createTransport()
    const secret = (names: readonly string[]) => names.map(name => this.environment[name]).find(Boolean)
    this.host = {
      transport,
      providers: new Map([[provider.name, provider]]),
      secret,
      media: createMediaFetcher(() => DEFAULT_MEDIA_POLICY),
      signing: { now: Date.now, secret, exchange: transport.exchange },
      maxOutputTokens: () => undefined,
      maxResponseBytes: MAX_BYTES,
    }
  }

  async whole<E extends EndpointName>(options: CallerOptions<E>, host = this.host): Promise<ResponseOf<E>> {
    const reply = await this.reply(options, host)
    if (reply.kind !== 'whole') throw new Error(`A whole reply was asked for, not ${reply.kind}.`)
    return reply.response
  }

  async stream<E extends EndpointName>(options: CallerOptions<E>): Promise<EventOf<E>[]> {
    const request = { ...options.request, stream: true }
    const reply = await this.reply({ ...options, request }, this.host)
    if (reply.kind !== 'stream') throw new Error(`A stream was asked for, not ${reply.kind}.`)
    const events: EventOf<E>[] = []
    await reply.pump(more => {
      events.push(...more)
    })
    return events
  }

  /** The error of a call that must fail. */
  async failure<E extends EndpointName>(options: CallerOptions<E>): Promise<SluiceError> {
    const error: unknown = await this.reply(options, this.host).catch((thrown: unknown) => thrown)
    if (error instanceof SluiceError) return error
    throw new Error('The call should have failed.', { cause: error })
  }

  private reply<E extends EndpointName>(options: CallerOptions<E>, host: CallHost) {
    const { endpoint, deployment, request, clientFormat = 'openai-chat', formatHeaders } = options
    this.warnings.length = 0
    return call(
      {
        endpoint,
        clientFormat,
        formatHeaders,
        request: { model: deployment.model, ...request } as RequestOf<E>,
        deployment: { ...deployment, id: 'd', group: 'g', provider: this.provider.name },
        id: 'call-1',
        now: Date.now(),
        strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
        timeoutMs: 5_000,
        warn: warning => this.warnings.push(warning),
      },
      host,
    )
  }
}

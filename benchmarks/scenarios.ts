/** Who asks whom: the format the client speaks and the format the provider speaks. */
export type Route = 'relayed' | 'messages-to-openai' | 'openai-to-anthropic'

export interface Scenario {
  readonly name: string
  readonly title: string
  readonly route: Route
  /** Size of the request's body; the reply has 1 KB, or 100 events. */
  readonly bytes: number
  readonly stream: boolean
  /** Requests a second of the latency measurement: far from saturation for every stack. */
  readonly perSecond: number
  /** Has a bar, so it is measured in more windows and also in a quick run. */
  readonly hasBar: boolean
}

const routes: readonly { readonly prefix: string; readonly route: Route; readonly title: string }[] = [
  { prefix: 'chat', route: 'relayed', title: 'OpenAI client → openai' },
  { prefix: 'messages', route: 'messages-to-openai', title: 'Anthropic client → openai' },
  { prefix: 'claude', route: 'openai-to-anthropic', title: 'OpenAI client → anthropic' },
]

const barred = ['chat-1k', 'chat-100k', 'chat-1k-stream', 'messages-1k-stream', 'claude-1k-stream']

export const scenarios: readonly Scenario[] = routes.flatMap(({ prefix, route, title }) =>
  [false, true].flatMap(stream =>
    [1_024, 102_400].map(bytes => {
      const size = bytes === 1_024 ? '1k' : '100k'
      const name = `${prefix}-${size}${stream ? '-stream' : ''}`
      return {
        name,
        title: `${title}, ${size === '1k' ? '1 KB' : '100 KB'} ${stream ? 'streamed' : 'whole'}`,
        route,
        bytes,
        stream,
        perSecond: stream ? 40 : bytes > 10_000 ? 80 : 250,
        hasBar: barred.includes(name),
      }
    }),
  ),
)

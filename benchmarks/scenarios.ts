/** Who asks whom: the format the client speaks and the format the provider speaks. */
export type Route = 'relayed' | 'messages-to-openai' | 'openai-to-anthropic'

/** Streams send one event in each write; `burst` sends ten, `held` its second event after ten seconds. */
export type ReplyKind = 'whole' | 'stream' | 'burst' | 'held'

export interface Scenario {
  readonly name: string
  readonly title: string
  readonly route: Route
  /** Size of the request's body; the reply has 1 KB, or 100 events. */
  readonly bytes: number
  readonly reply: ReplyKind
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

const sizes = [
  { name: '1k', title: '1 KB', bytes: 1_024 },
  { name: '100k', title: '100 KB', bytes: 102_400 },
]

const replies: readonly { readonly reply: ReplyKind; readonly suffix: string; readonly title: string }[] = [
  { reply: 'whole', suffix: '', title: 'whole' },
  { reply: 'stream', suffix: '-stream', title: 'streamed' },
  { reply: 'burst', suffix: '-burst', title: 'streamed, ten events at once' },
]

/** Every route, size and kind of reply; bursts only of small requests to one provider: they are there to compare. */
export const scenarios: readonly Scenario[] = routes.flatMap(({ prefix, route, title }) =>
  replies.flatMap(({ reply, suffix, title: replyTitle }) =>
    sizes
      .filter(({ bytes }) => reply !== 'burst' || (bytes === 1_024 && route !== 'openai-to-anthropic'))
      .map(size => {
        const name = `${prefix}-${size.name}${suffix}`
        return {
          name,
          title: `${title}, ${size.title} ${replyTitle}`,
          route,
          bytes: size.bytes,
          reply,
          perSecond: reply !== 'whole' ? 40 : size.bytes > 10_000 ? 80 : 250,
          hasBar: barred.includes(name),
        }
      }),
  ),
)

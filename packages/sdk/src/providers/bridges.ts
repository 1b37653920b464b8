import { textViaChat } from '../codecs/prompts/text-via-chat.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Binding, Provider } from './provider.ts'

/** Endpoints that a provider without them serves through its chat. */
const VIA_CHAT: ReadonlySet<EndpointName> = new Set(['text_completion'])

const made = new WeakMap<Binding<'chat'>, Binding<'text_completion'>>()

/** The bindings that stand in for an endpoint the provider lacks; `undefined` when nothing can. */
export function bridged<E extends EndpointName>(
  provider: Provider,
  endpoint: E,
): readonly Binding<E>[] | undefined {
  if (!VIA_CHAT.has(endpoint)) return undefined
  return provider.endpoints.chat?.map(chatToText) as readonly Binding<EndpointName>[] | undefined as
    | readonly Binding<E>[]
    | undefined
}

function chatToText(chat: Binding<'chat'>): Binding<'text_completion'> {
  let text = made.get(chat)
  if (text === undefined) made.set(chat, (text = { ...chat, codec: textViaChat(chat.codec) }))
  return text
}

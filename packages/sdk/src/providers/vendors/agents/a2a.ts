import { a2aChat, a2aWholeChat } from '../../../codecs/a2a/codec.ts'
import type { Codec } from '../../../codecs/codec.ts'
import { bearer } from '../../../credentials/bearer.ts'
import { badRequest } from '../../../errors.ts'
import type { Provider } from '../../provider.ts'
import { AGENT_PARAMS } from './agent-params.ts'

/** Agents that speak the Agent2Agent protocol: `api_base` is the URL of the agent's card, the model only its label. */
function agents(name: string, title: string, docs: string, codec: Codec<'chat'>, env: string): Provider {
  return {
    name,
    title,
    docs,
    baseUrl() {
      throw badRequest(
        `api_base: ${title} needs the URL of your agent; set api_base or the environment variable ${env}_API_BASE.`,
        'api_base',
      )
    },
    baseUrlEnv: [`${env}_API_BASE`],
    // Every agent has a key of its own: one of the environment would be told to all of them.
    credentials: bearer([], { required: false }),
    endpoints: { chat: [{ codec, path: '' }] },
    params: AGENT_PARAMS,
  }
}

/** Source: https://a2a-protocol.org/v0.3.0/specification/ */
export const a2a: Provider = agents(
  'a2a',
  'A2A agent',
  'https://a2a-protocol.org/v0.3.0/specification/',
  a2aChat,
  'A2A',
)

/** Agents that `to_a2a()` serves, which does not stream. Source: https://ai.pydantic.dev/a2a/ */
export const pydanticAiAgents: Provider = agents(
  'pydantic_ai_agents',
  'Pydantic AI agent',
  'https://ai.pydantic.dev/a2a/',
  a2aWholeChat,
  'PYDANTIC_AI_AGENTS',
)

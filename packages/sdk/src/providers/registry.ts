import { anthropic } from './anthropic.ts'
import { azure } from './azure.ts'
import { cohere, cohereChatProvider } from './cohere.ts'
import { gemini } from './gemini.ts'
import { mock } from './mock.ts'
import { ollama, ollamaChatProvider } from './ollama.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import type { Provider } from './provider.ts'

/** Every provider by LiteLLM's name for it. */
export const providers: ReadonlyMap<string, Provider> = new Map(
  [
    openai,
    anthropic,
    gemini,
    azure,
    cohere,
    cohereChatProvider,
    ollama,
    ollamaChatProvider,
    mock,
    ...openaiCompatible,
  ].map(provider => [provider.name, provider]),
)

import { openaiCompletions, openaiCompletionsWith } from '../codecs/openai-completions/codec.ts'
import { bearer } from '../credentials/bearer.ts'
import type { Binding, Provider } from './provider.ts'
import { openai } from './vendors/openai/openai.ts'

/**
 * Fill in the middle: text completions that know what comes after, too. One prompt, no `stream_options`.
 * Source: https://docs.mistral.ai/api/#tag/fim
 */
export const FIM: Binding<'text_completion'> = {
  codec: openaiCompletionsWith({
    streamUsage: false,
    promptLists: false,
    params: new Set(['max_tokens', 'seed', 'stop', 'suffix', 'temperature', 'top_p']),
  }),
  path: '/fim/completions',
}

/** OpenAI's text completions only, whatever the model's name says. */
export const textCompletionOpenai: Provider = {
  ...openai,
  name: 'text-completion-openai',
  title: 'OpenAI text completions',
  docs: 'https://platform.openai.com/docs/api-reference/completions',
  priceName: 'openai',
  endpoints: { text_completion: [{ codec: openaiCompletions, path: '/completions' }] },
  exampleModels: ['gpt-3.5-turbo-instruct', 'davinci-002', 'babbage-002'],
}

/** Codestral's fill in the middle. */
export const textCompletionCodestral: Provider = {
  name: 'text-completion-codestral',
  title: 'Codestral text completions',
  docs: 'https://docs.mistral.ai/api/#tag/fim',
  baseUrl: 'https://codestral.mistral.ai/v1',
  credentials: bearer(['CODESTRAL_API_KEY']),
  priceName: 'codestral',
  endpoints: { text_completion: [FIM] },
  params: { seed: { rename: 'random_seed' }, user: 'drop' },
  exampleModels: ['codestral-latest'],
}

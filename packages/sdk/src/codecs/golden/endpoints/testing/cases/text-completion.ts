import type { Cases } from './cases.ts'

const prompt = 'Once upon a time'

export const textCompletionCases: Cases<'text_completion'> = {
  'one text': { prompt },
  'every parameter': {
    ...{ prompt, suffix: 'The end.', max_tokens: 64, temperature: 0.5, top_p: 0.9, n: 2, best_of: 3 },
    ...{ echo: true, logprobs: 2, stop: ['END', '\n'], presence_penalty: 0.1, frequency_penalty: 0.2 },
    ...{ logit_bias: { 50256: -100 }, seed: 7, user: 'person-1' },
  },
  'many texts': { prompt: ['One', 'Two'] },
  'a list of one text': { prompt: ['One'] },
  tokens: { prompt: [9906, 1917] },
  'lists of tokens': { prompt: [[9906], [15571]] },
  'one stop': { prompt, stop: 'END' },
  'a stream': { prompt, stream: true, stream_options: { include_usage: true } },
  'greedy, nothing written': { prompt, temperature: 0, max_tokens: 0, logprobs: 0 },
  'beyond ASCII': { prompt: 'Grüezi, 世界 👋🏽\n\u2028' },
  'null everywhere': {
    ...{ prompt, suffix: null, max_tokens: null, temperature: null, top_p: null, n: null, best_of: null },
    ...{ echo: null, logprobs: null, stop: null, presence_penalty: null, frequency_penalty: null },
    ...{ logit_bias: null, seed: null, user: null, stream: null, stream_options: null },
  },
  'unknown fields': { prompt, top_k: 40, repetition_penalty: 1.1, nested: { depth: 2 } },
}

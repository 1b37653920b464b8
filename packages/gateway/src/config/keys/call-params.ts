import { works } from './row.ts'
import { anything } from './types.ts'

const passed = (doc: string) => works(anything, doc, 'deployment.params')

/** Request parameters a deployment may set as defaults under the caller's request. */
export const callParams = {
  temperature: passed('Sampling temperature.'),
  top_p: passed('Nucleus sampling.'),
  top_k: passed('Sampling from the k most likely tokens.'),
  max_tokens: passed('Most tokens to answer with.'),
  max_completion_tokens: passed('Most tokens to answer with, reasoning included.'),
  frequency_penalty: passed('Penalty for frequent tokens.'),
  presence_penalty: passed('Penalty for tokens already present.'),
  stop: passed('Texts that end the answer.'),
  seed: passed('Seed for repeatable answers.'),
  n: passed('Number of answers.'),
  user: passed("The end user's id."),
  logprobs: passed('Return log probabilities.'),
  top_logprobs: passed('How many log probabilities per token.'),
  logit_bias: passed('Bias per token.'),
  response_format: passed('Shape of the answer.'),
  tools: passed('Tools the model may call.'),
  tool_choice: passed('Which tool to call.'),
  parallel_tool_calls: passed('Allow several tool calls at once.'),
  reasoning_effort: passed('How much to think.'),
  thinking: passed('Thinking budget, in the style of the Messages API.'),
  service_tier: passed('Service tier at the provider.'),
  metadata: passed('Metadata sent with each request.'),
  stream: passed('Answer as a stream.'),
  stream_options: passed('Options of the stream.'),
  modalities: passed('Kinds of output.'),
  dimensions: passed('Length of an embedding.'),
  encoding_format: passed('How embeddings are written.'),
  input_type: passed('What an embedding is for.'),
  voice: passed('Voice of spoken output.'),
  safety_settings: passed("The provider's safety settings."),
  cache_control: passed('Prompt cache mark.'),
} as const

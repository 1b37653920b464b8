import { type Pattern, works } from './row.ts'
import { amount, anyList, object } from './types.ts'

const price = (doc: string) => works(amount, doc, 'deployment.modelInfo')

/** Prices in US dollars; allowed in `litellm_params` and in `model_info`. A price of 0 must be written to mean free. */
export const pricing = {
  input_cost_per_token: price('Price of one prompt token.'),
  output_cost_per_token: price('Price of one answer token.'),
  input_cost_per_second: price('Price of one second of input or of running time.'),
  output_cost_per_second: price('Price of one second of output.'),
  input_cost_per_character: price('Price of one character sent.'),
  output_cost_per_character: price('Price of one character received.'),
  input_cost_per_pixel: price('Price of one pixel sent.'),
  output_cost_per_pixel: price('Price of one pixel made.'),
  input_cost_per_image: price('Price of one image sent.'),
  output_cost_per_image: price('Price of one image made.'),
  input_cost_per_image_token: price('Price of one image token sent.'),
  output_cost_per_image_token: price('Price of one image token made.'),
  input_cost_per_query: price('Price of one search or rerank query.'),
  input_cost_per_audio_token: price('Price of one audio token sent.'),
  output_cost_per_audio_token: price('Price of one audio token received.'),
  input_cost_per_audio_per_second: price('Price of one second of audio sent.'),
  input_cost_per_video_per_second: price('Price of one second of video sent.'),
  output_cost_per_reasoning_token: price('Price of one reasoning token.'),
  cache_creation_input_token_cost: price('Price of writing one token to the prompt cache.'),
  cache_creation_input_token_cost_above_1hr: price('The same, for entries that live an hour.'),
  cache_read_input_token_cost: price('Price of reading one token from the prompt cache.'),
  citation_cost_per_token: price('Price of one citation token.'),
  ocr_cost_per_page: price('Price of one page read.'),
  annotation_cost_per_page: price('Price of one page annotated.'),
  code_interpreter_cost_per_session: price('Price of one code interpreter session.'),
  file_search_cost_per_1k_calls: price('Price of 1,000 file searches.'),
  file_search_cost_per_gb_per_day: price('Price of one stored gigabyte per day.'),
  vector_store_cost_per_gb_per_day: price('Price of one gigabyte in a vector store per day.'),
  google_maps_cost_per_query: price('Price of one grounding query against maps.'),
  search_context_cost_per_query: works(
    object,
    'Prices of a web search by context size.',
    'deployment.modelInfo',
  ),
  tiered_pricing: works(
    anyList,
    'Prices by prompt length: `[{ range: [from, to], … }]`.',
    'deployment.modelInfo',
  ),
  off_peak_pricing: works(object, 'Prices for quiet hours.', 'deployment.modelInfo'),
  regional_processing_uplift_multiplier_eu: price('Factor for processing in the EU.'),
  regional_processing_uplift_multiplier_us: price('Factor for processing in the US.'),
} as const

const MODIFIERS = ['_batches', '_flex', '_priority', '_ultrafast']

/** True for `…_cost…` with a length step (`_above_200k_tokens`) or a tier (`_batches`, `_flex`, `_priority`). */
function isPriceVariant(key: string): boolean {
  if (!key.includes('cost')) return false
  return /_above_\d+k_tokens/.test(key) || MODIFIERS.some(modifier => key.endsWith(modifier))
}

/** Variants of the prices above, by prompt length and by service tier. */
export const pricingPatterns: readonly Pattern[] = [
  {
    shown: '`*_above_<N>k_tokens`, `*_batches`, `*_flex`, `*_priority`, `*_ultrafast`',
    matches: isPriceVariant,
    row: price('A price above that prompt length, or at that service tier.'),
  },
]

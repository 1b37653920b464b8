import type { ImageEditRequest } from '../../types/image-edit.ts'
import type { ImageEvent, ImageGenerationRequest, ImageResponse } from '../../types/image-generation.ts'
import type { ImageVariationRequest } from '../../types/image-variation.ts'
import type { CallFacts, WithFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'
import type { Stream } from '../stream.ts'

/** Image events for `for await`; leaving the loop aborts the upstream call. */
export type ImageStream = Stream<ImageEvent, CallFacts>

/**
 * Makes images from words, in OpenAI's shape, whichever provider makes them. `response_format: 'b64_json'` always gives
 * bytes: where a provider answers with an address, the file is fetched.
 *
 * @example
 * const { data } = await imageGeneration({ model: 'openai/gpt-image-1', prompt: 'an otter', size: '1024x1024' })
 */
export function imageGeneration(
  request: ImageGenerationRequest & { stream: true },
  options?: RunOptions,
): Promise<ImageStream>
export function imageGeneration(
  request: ImageGenerationRequest & { stream?: false | null },
  options?: RunOptions,
): Promise<WithFacts<ImageResponse>>
export function imageGeneration(request: ImageGenerationRequest, options: RunOptions = {}) {
  return run('image_generation', request, options, 'openai-images')
}

/**
 * Makes images from images and words. Pictures are files in memory, `data:` URIs or addresses.
 *
 * @example
 * const cat = { filename: 'cat.png', contentType: 'image/png', bytes: await readFile('cat.png') }
 * const { data } = await imageEdit({ model: 'openai/gpt-image-1', prompt: 'add a hat', image: [cat] })
 */
export function imageEdit(
  request: ImageEditRequest & { stream: true },
  options?: RunOptions,
): Promise<ImageStream>
export function imageEdit(
  request: ImageEditRequest & { stream?: false | null },
  options?: RunOptions,
): Promise<WithFacts<ImageResponse>>
export function imageEdit(request: ImageEditRequest, options: RunOptions = {}) {
  return run('image_edit', request, options, 'openai-image-edits')
}

/** Makes images like another. */
export async function imageVariation(
  request: ImageVariationRequest,
  options: RunOptions = {},
): Promise<WithFacts<ImageResponse>> {
  return (await run(
    'image_variation',
    request,
    options,
    'openai-image-variations',
  )) as WithFacts<ImageResponse>
}

import { nearestRatio, pixels } from '../../codecs/media/image-size.ts'
import { openaiImages, openaiImagesWith } from '../../codecs/openai-images/codec.ts'
import type { OpenaiImagesOptions } from '../../codecs/openai-images/options.ts'
import type { Binding, Provider } from '../provider.ts'
import { xaiImageEdits } from './xai-edits.ts'

type Adjust = NonNullable<OpenaiImagesOptions['adjust']>

function generation(
  options?: OpenaiImagesOptions,
  path = '/images/generations',
): readonly Binding<'image_generation'>[] {
  return [{ codec: options ? openaiImagesWith(options) : openaiImages, path }]
}

/** Vendors that take the two sides apart. */
const sides: Adjust = body => {
  const size = pixels(body.size)
  delete body.size
  if (size) [body.width, body.height] = size
}

/** Source: https://docs.together.ai/reference/post-images-generations */
const together: Adjust = (body, warn) => {
  sides(body, warn)
  if (body.response_format === 'b64_json') body.response_format = 'base64'
}

const XAI_RATIOS = ['1:1', '3:4', '4:3', '9:16', '16:9', '2:3', '3:2', '1:2', '2:1'] as const

/** Source: https://docs.x.ai/docs/guides/image-generations */
const xai: Adjust = (body, warn) => {
  const ratio = nearestRatio(body.size, XAI_RATIOS, warn)
  delete body.size
  if (ratio !== undefined) body.aspect_ratio ??= ratio
}

/** Models that keep the words of their own vendor; the others take OpenAI's. Source: https://docs.aimlapi.com/api-references/image-models */
const aiml: Adjust = body => {
  const model = String(body.model)
  if (!/^(flux|stable-diffusion|triposr|recraft|bytedance|hunyuan|alibaba)/.test(model)) return
  const size = pixels(body.size)
  delete body.size
  if (size) body.image_size = { width: size[0], height: size[1] }
  if (body.n !== undefined) body.num_images = body.n
  delete body.n
}

/** Vendors whose image endpoint has OpenAI's shape; the rest of each provider is elsewhere. */
export const OPENAI_SHAPED_IMAGES: Readonly<Record<string, Provider['endpoints']>> = {
  aihubmix: { image_generation: generation() },
  aiml: { image_generation: generation({ adjust: aiml, streams: false }) },
  cometapi: { image_generation: generation() },
  nebius: {
    image_generation: generation({ params: ['response_format', 'size'], adjust: sides, streams: false }),
  },
  nscale: {
    image_generation: generation({
      params: ['n', 'response_format', 'size'],
      bytesOnly: () => true,
      streams: false,
    }),
  },
  together_ai: {
    image_generation: generation({
      params: ['n', 'output_format', 'response_format', 'size'],
      adjust: together,
      streams: false,
    }),
  },
  xai: {
    image_generation: generation({
      params: ['n', 'quality', 'response_format', 'size', 'user'],
      adjust: xai,
      streams: false,
    }),
    image_edit: [{ codec: xaiImageEdits, path: '/images/edits' }],
  },
  xinference: {
    image_generation: generation({ params: ['n', 'response_format', 'size', 'user'], streams: false }),
  },
}

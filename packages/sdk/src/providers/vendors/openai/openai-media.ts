import { openaiImagesWith } from '../../../codecs/openai-images/codec.ts'
import { openaiImageEditsWith } from '../../../codecs/openai-images/edit.ts'
import { openaiImageVariations } from '../../../codecs/openai-images/variation.ts'
import { openaiVideos, openaiVideosWith } from '../../../codecs/openai-videos/codec.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { azureFlux } from '../../images/azure-flux.ts'
import type { PathAt, Provider } from '../../provider.ts'
import { azurePath } from '../azure/azure-versions.ts'

/** OpenAI's image models since gpt-image-1 answer with base64 and refuse to be told. */
function bytesOnly(model: string): boolean {
  return /^(gpt-image|chatgpt-image)/.test(model)
}

const generation = openaiImagesWith({ bytesOnly })
const edit = openaiImageEditsWith({ bytesOnly })
const videoPath = '/videos'

/** OpenAI's images and videos. */
export const OPENAI_MEDIA: Provider['endpoints'] = {
  image_generation: [{ codec: generation, path: '/images/generations' }],
  image_edit: [{ codec: edit, path: '/images/edits' }],
  image_variation: [{ codec: openaiImageVariations, path: '/images/variations' }],
  video_generation: [{ codec: openaiVideos.video_generation, path: videoPath }],
  video_status: [{ codec: openaiVideos.video_status, path: videoPath }],
  video_content: [{ codec: openaiVideos.video_content, path: videoPath }],
  video_remix: [{ codec: openaiVideos.video_remix, path: videoPath }],
  video_delete: [{ codec: openaiVideos.video_delete, path: videoPath }],
  video_list: [{ codec: openaiVideos.video_list, path: videoPath }],
}

/** Videos are on the v1 route only, which wants a version just for its previews. */
function videoVersion({ apiVersion }: Deployment) {
  return apiVersion === 'preview' ? { 'api-version': 'preview' } : undefined
}

const azureVideos = openaiVideosWith({ prefix: '/openai/v1', query: videoVersion })
/** People write the base with and without the route. */
const resource = (base: string) => base.replace(/\/openai(\/.*)?$/, '')
const azureVideo = { path: '/openai/v1/videos', baseUrl: resource }

/** Azure's images (a deployment's path) and videos. Sources: https://learn.microsoft.com/azure/ai-foundry/openai/reference, …/concepts/video-generation */
export const AZURE_MEDIA: Provider['endpoints'] = {
  image_generation: [{ codec: generation, path: azurePath('/images/generations') }],
  image_edit: [{ codec: edit, path: azurePath('/images/edits') }],
  video_generation: [{ codec: azureVideos.video_generation, ...azureVideo }],
  video_status: [{ codec: azureVideos.video_status, ...azureVideo }],
  video_content: [{ codec: azureVideos.video_content, ...azureVideo }],
  video_remix: [{ codec: azureVideos.video_remix, ...azureVideo }],
  video_delete: [{ codec: azureVideos.video_delete, ...azureVideo }],
  video_list: [{ codec: azureVideos.video_list, ...azureVideo }],
}

/** The version that LiteLLM asks Foundry's image models with. */
const FOUNDRY_VERSION = '2025-04-01-preview'

function foundryImages(operation: string) {
  const path = azurePath(operation)
  return (at: PathAt) => {
    const apiVersion = at.deployment.apiVersion ?? FOUNDRY_VERSION
    return path({ ...at, deployment: { ...at.deployment, apiVersion } })
  }
}

const isFlux = (model: string) => /flux/i.test(model)
/** OpenAI's shape, base64 only. */
const FLUX = {
  params: ['n', 'output_format', 'response_format', 'size'],
  bytesOnly: isFlux,
  streams: false,
} as const

/** FLUX on Azure AI Foundry, and OpenAI's models there. Source: https://learn.microsoft.com/azure/ai-foundry/foundry-models/how-to/use-foundry-models-flux */
export const AZURE_AI_MEDIA: Provider['endpoints'] = {
  image_generation: [
    azureFlux.generation,
    { codec: openaiImagesWith(FLUX), path: foundryImages('/images/generations'), serves: isFlux },
    { codec: generation, path: foundryImages('/images/generations') },
  ],
  image_edit: [
    azureFlux.edit,
    { codec: openaiImageEditsWith(FLUX), path: foundryImages('/images/edits'), serves: isFlux },
    { codec: edit, path: foundryImages('/images/edits') },
  ],
}

import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'

/** `user.app.model` is short for the model's page, by which the API knows it. */
function modelUrl(model: string): string {
  const [user, app, ...name] = model.split('.')
  if (model.includes('/') || !user || !app || name.length === 0) return model
  return `https://clarifai.com/${user}/${app}/models/${name.join('.')}`
}

/** Source: https://docs.clarifai.com/compute/inference/open-ai/ */
export const CLARIFAI = {
  title: 'Clarifai',
  docs: 'https://docs.clarifai.com/compute/inference/open-ai/',
  baseUrl: 'https://api.clarifai.com/v2/ext/openai/v1',
  env: ['CLARIFAI_PAT', 'CLARIFAI_API_KEY'],
  params: MAX_TOKENS,
  model: modelUrl,
  forwards: true,
  exampleModels: ['openai.chat-completion.gpt-oss-120b'],
} as const satisfies CompatibleRow

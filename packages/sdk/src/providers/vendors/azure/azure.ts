import { openaiChatWith } from '../../../codecs/openai-chat/codec.ts'
import { openaiCompletions } from '../../../codecs/openai-completions/codec.ts'
import { openaiEmbeddings } from '../../../codecs/openai-embeddings/codec.ts'
import { openaiResponses } from '../../../codecs/openai-responses/codec.ts'
import { badRequest } from '../../../errors.ts'
import { writesOn } from '../../naming/writes-on.ts'
import type { ParamRules, Provider } from '../../provider.ts'
import { openaiAudio } from '../openai/openai-audio.ts'
import { openaiModelParams } from '../openai/openai-models.ts'
import { responsesModel } from '../openai/responses-models.ts'
import { azureCredentials } from './azure-credentials.ts'
import { AZURE_ERRORS } from './azure-errors.ts'
import { azurePath, azureResponsesPath, setVersionFromEnvironment, versionParams } from './azure-versions.ts'

/** LiteLLM's way to say which rules hold for a deployment whose name does not: `o_series/my-deployment`. */
const SERIES: Readonly<Record<string, string>> = { o_series: 'o3', gpt5_series: 'gpt-5' }

/** The deployment's name without the series. */
export function azureModel(model: string): string {
  const slash = model.indexOf('/')
  return Object.hasOwn(SERIES, model.slice(0, Math.max(0, slash))) ? model.slice(slash + 1) : model
}

/** A model's name inside a deployment's: `prod-gpt-5-mini`, `o3_eu`. */
const NAMED = /(?:^|[-_.])(gpt-\d|o\d(?![a-z0-9]))/

function modelIn(deployment: string): string {
  const found = NAMED.exec(deployment)
  return found?.[1] === undefined
    ? deployment
    : deployment.slice(found.index + found[0].length - found[1].length)
}

/** `base_model` decides the rules, else the series, else the deployment's name, which often is the model's. */
export const azureModelParams: NonNullable<Provider['modelParams']> = (model, at): ParamRules => {
  const series = model.slice(0, Math.max(0, model.indexOf('/')))
  const ruled = at?.deployment.baseModel ?? (Object.hasOwn(SERIES, series) ? SERIES[series] : undefined)
  return {
    ...openaiModelParams(ruled ?? modelIn(model), at?.request),
    ...versionParams(at?.deployment.apiVersion, at?.request ?? {}),
  }
}

/** Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference */
export const azure: Provider = {
  name: 'azure',
  title: 'Azure OpenAI',
  docs: 'https://learn.microsoft.com/azure/ai-foundry/openai/reference',
  baseUrl() {
    throw badRequest(
      'api_base: an Azure deployment needs it, for example https://my-resource.openai.azure.com.',
      'api_base',
    )
  },
  baseUrlEnv: ['AZURE_API_BASE'],
  credentials: azureCredentials({
    env: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
    prepare: setVersionFromEnvironment,
  }),
  endpoints: {
    chat: [
      {
        codec: openaiChatWith({}),
        path: azurePath('/chat/completions'),
        model: azureModel,
        serves: model => !model.startsWith('responses/'),
      },
      { codec: openaiResponses, path: azureResponsesPath, model: responsesModel },
    ],
    embedding: [{ codec: openaiEmbeddings, path: azurePath('/embeddings'), model: azureModel }],
    text_completion: [
      { codec: openaiCompletions, path: azurePath('/completions'), model: azureModel, serves: writesOn },
    ],
    ...openaiAudio(azurePath, azureModel),
  },
  modelParams: azureModelParams,
  errors: AZURE_ERRORS,
}

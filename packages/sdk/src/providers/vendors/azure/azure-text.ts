import { openaiCompletions } from '../../../codecs/openai-completions/codec.ts'
import type { Provider } from '../../provider.ts'
import { azure, azureModel } from './azure.ts'
import { azurePath } from './azure-versions.ts'

/** Deployments of models that write on from a prompt. Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference#completions */
export const azureText: Provider = {
  ...azure,
  name: 'azure_text',
  title: 'Azure OpenAI text completions',
  docs: 'https://learn.microsoft.com/azure/ai-foundry/openai/reference#completions',
  endpoints: {
    text_completion: [{ codec: openaiCompletions, path: azurePath('/completions'), model: azureModel }],
  },
}

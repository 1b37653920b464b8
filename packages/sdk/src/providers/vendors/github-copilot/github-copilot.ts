import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CompatibleRow } from '../../compatible.ts'
import { copilotToken } from './copilot-token.ts'

/** A turn that a person began is billed, what an agent does in between is not; pictures must be announced. */
function headersOf({ messages }: JsonObject): Record<string, string> {
  const list = isJsonArray(messages) ? messages.filter(isJsonObject) : []
  const byAgent = list.some(({ role }) => role === 'assistant' || role === 'tool')
  return {
    'x-initiator': byAgent ? 'agent' : 'user',
    ...(list.some(hasPicture) && { 'copilot-vision-request': 'true' }),
  }
}

function hasPicture({ content }: JsonObject): boolean {
  return isJsonArray(content) && content.some(part => isJsonObject(part) && part.type === 'image_url')
}

/**
 * GitHub Copilot. Its chat service knows editors only, so calls name one, as LiteLLM's do.
 * Source: https://docs.litellm.ai/docs/providers/github_copilot (GitHub documents no API)
 */
export const GITHUB_COPILOT = {
  title: 'GitHub Copilot',
  docs: 'https://docs.litellm.ai/docs/providers/github_copilot',
  baseUrl: 'https://api.githubcopilot.com',
  baseUrlEnv: ['GITHUB_COPILOT_API_BASE'],
  env: ['GITHUB_COPILOT_TOKEN'],
  credentials: copilotToken(['GITHUB_COPILOT_TOKEN']),
  headers: {
    'editor-version': 'vscode/1.95.0',
    'editor-plugin-version': 'copilot-chat/0.26.7',
    'copilot-integration-id': 'vscode-chat',
    'openai-intent': 'conversation-panel',
    'x-github-api-version': '2025-04-01',
  },
  chat: { headers: headersOf },
  embeddings: true,
  forwards: true,
  exampleModels: ['gpt-4.1', 'claude-sonnet-4.5'],
} as const satisfies CompatibleRow

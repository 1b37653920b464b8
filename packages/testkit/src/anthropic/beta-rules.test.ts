import Anthropic from '@anthropic-ai/sdk'
import { afterAll, describe, expect, test } from 'vitest'
import { startUpstream } from '../upstream.ts'

const upstream = await startUpstream()
afterAll(() => upstream.close())

const client = new Anthropic({ apiKey: 'k', baseURL: upstream.url, maxRetries: 0 })
type Params = Anthropic.Beta.MessageCreateParamsNonStreaming

async function verdict(fields: Partial<Params>): Promise<string> {
  const params: Params = {
    model: 'claude-opus-4-6',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hi' }],
    ...fields,
  }
  try {
    await client.beta.messages.create(params)
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

describe('what is in beta needs its header', () => {
  const computer = {
    type: 'computer_20251124' as const,
    name: 'computer' as const,
    display_width_px: 1,
    display_height_px: 1,
  }
  const server = { type: 'url' as const, url: 'https://m.test', name: 'm' }
  const edits = [{ type: 'clear_tool_uses_20250919' as const }]
  const file = { type: 'document' as const, source: { type: 'file' as const, file_id: 'f' } }
  test.each<[string, Partial<Params>, string]>([
    ['computer use', { tools: [computer] }, 'computer-use-2025-11-24'],
    ['MCP', { mcp_servers: [server] }, 'mcp-client-2025-04-04'],
    ['context editing', { context_management: { edits } }, 'context-management-2025-06-27'],
    ['files', { messages: [{ role: 'user', content: [file] }] }, 'files-api-2025-04-14'],
  ])('%s', async (_, fields, beta) => {
    expect(await verdict({ ...fields, betas: ['other-2025-01-01'] })).not.toBe('accepted')
    expect(await verdict({ ...fields, betas: [beta] })).toBe('accepted')
  })
})

test('hosted tools are known by their dated types', async () => {
  expect(await verdict({ tools: [{ type: 'web_search_20250305', name: 'web_search' }] })).toBe('accepted')
  const unknown = { type: 'web_search_19990101', name: 'web_search' }
  expect(await verdict({ tools: [unknown as never] })).toContain("Input tag 'web_search_19990101'")
})

test('structured output wants closed objects and no keywords it cannot enforce', async () => {
  const format = (schema: Record<string, unknown>) => ({
    output_config: { format: { type: 'json_schema' as const, schema } },
  })
  const closed = { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false }
  expect(await verdict(format(closed))).toBe('accepted')
  expect(await verdict(format({ type: 'object', properties: {} }))).toContain('additionalProperties')
  const bounded = { ...closed, properties: { a: { type: 'integer', minimum: 1 } } }
  expect(await verdict(format(bounded))).toContain("property 'minimum' is not supported")
})

import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../types/chat.ts'
import { testInfo } from '../testing/call-info.ts'
import { betasFor, betasHeardBy, type ClaudePlatform } from './betas.ts'
import { encodeBody } from './request.ts'

const PLATFORMS: readonly ClaudePlatform[] = ['anthropic', 'azure', 'bedrock', 'vertex']

function betasOn(platform: ClaudePlatform, request: Partial<ChatRequest>) {
  const info = testInfo('claude-opus-4-6')
  const messages = [{ role: 'user' as const, content: 'Hi' }]
  const { betas } = encodeBody({ model: 'm', messages, ...request }, info, platform)
  return { betas, warnings: info.warnings.map(({ action, param }) => `${action} ${param}`) }
}

const hosted = (type: string) => ({ tools: [{ type, name: 'a_tool' }] })
const func = (extra: object) => ({ tools: [{ type: 'function', function: { name: 'f' }, ...extra }] })

describe('each feature has its beta at each platform', () => {
  test.each<[string, Partial<ChatRequest>, (string | undefined)[]]>([
    ['computer use', hosted('computer_20251124'), Array(4).fill('computer-use-2025-11-24')],
    ['old computer use', hosted('bash_20241022'), Array(4).fill('computer-use-2024-10-22')],
    ['bash', hosted('bash_20250124'), []],
    ['a text editor', hosted('text_editor_20250728'), []],
    ['web search', hosted('web_search_20260318'), [undefined, undefined, undefined, 'web-search-2025-03-05']],
    [
      'tool search',
      hosted('tool_search_tool_bm25_20251119'),
      [
        undefined,
        'advanced-tool-use-2025-11-20',
        'tool-search-tool-2025-10-19',
        'tool-search-tool-2025-10-19',
      ],
    ],
    [
      'examples of input',
      func({ input_examples: [{}] }),
      [undefined, 'advanced-tool-use-2025-11-20', 'tool-examples-2025-10-29', 'tool-examples-2025-10-29'],
    ],
    [
      'arguments streamed eagerly',
      func({ eager_input_streaming: true }),
      [undefined, undefined, 'fine-grained-tool-streaming-2025-05-14', undefined],
    ],
    ['memory', hosted('memory_20250818'), [undefined, ...Array(3).fill('context-management-2025-06-27')]],
    [
      'context management',
      { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } },
      Array(4).fill('context-management-2025-06-27'),
    ],
    ['a task budget', { output_config: { task_budget: {} } }, Array(4).fill('task-budgets-2026-03-13')],
    [
      'MCP servers',
      { mcp_servers: [{ type: 'url', url: 'https://m.test', name: 'm' }] },
      ['mcp-client-2025-04-04', 'mcp-client-2025-04-04'],
    ],
    [
      'MCP servers with their own tool set',
      {
        mcp_servers: [{ type: 'url', url: 'https://m.test', name: 'm' }],
        tools: [{ type: 'mcp_toolset', mcp_server_name: 'm' }],
      },
      ['mcp-client-2025-11-20', 'mcp-client-2025-11-20'],
    ],
    ['fast mode', { speed: 'fast' }, ['fast-mode-2026-02-01']],
    ['skills', { container: { skills: [{}] } }, ['skills-2025-10-02', 'skills-2025-10-02']],
    ['nothing', {}, []],
  ])('%s', (_, request, wanted) => {
    const found = PLATFORMS.map(platform => betasOn(platform, request).betas)
    expect(found).toEqual([0, 1, 2, 3].map(at => (wanted[at] === undefined ? [] : [wanted[at]])))
  })

  test('what a platform does not offer is recorded', () => {
    expect(betasOn('bedrock', hosted('code_execution_20250825'))).toEqual({
      betas: [],
      warnings: ['ignored code_execution'],
    })
    expect(betasFor('vertex', ['mcp', 'files', 'computer_20250124'])).toEqual(['computer-use-2025-01-24'])
  })
})

describe('a caller’s own betas', () => {
  const asked = ['context-1m-2025-08-07', 'advanced-tool-use-2025-11-20', 'files-api-2025-04-14', 'mine-1']
  test('are heard as they are by Anthropic', () => {
    expect(betasHeardBy('anthropic', asked)).toEqual(asked)
  })

  test('are spelled as the platform does, and those it would refuse are left out and recorded', () => {
    expect(betasOn('bedrock', { betas: asked })).toEqual({
      betas: ['context-1m-2025-08-07', 'tool-search-tool-2025-10-19'],
      warnings: ['dropped betas.files-api-2025-04-14', 'dropped betas.mine-1'],
    })
    expect(betasHeardBy('azure', asked)).toEqual(asked)
  })
})

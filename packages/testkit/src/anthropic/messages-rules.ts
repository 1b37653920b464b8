import { signatureOf } from '../answer/signature.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'

/** Checks what a shape cannot say: order of turns, tool results, thinking. Throws `Failure`. */
export function checkMessagesRules(body: JsonObject): void {
  const turns = turnsOf(body)
  if (turns[0]?.role !== 'user') refuse('messages: first message must use the "user" role')
  checkToolTurns(turns)
  checkFinalTurn(asObjects(body.messages))
  for (const [index, turn] of turns.entries()) checkSignatures(turn, index)
  checkThinking(body, turns)
  checkToolNames(body)
}

function refuse(message: string): never {
  throw new Failure('invalid', { message })
}

export interface Turn {
  readonly role: unknown
  readonly blocks: readonly JsonObject[]
}

/** The conversation with consecutive messages of one role merged, as the API does. */
export function turnsOf(body: JsonObject): Turn[] {
  const turns: { role: unknown; blocks: JsonObject[] }[] = []
  for (const { role, content } of asObjects(body.messages)) {
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : asObjects(content)
    const last = turns.at(-1)
    if (last?.role === role) last?.blocks.push(...blocks)
    else turns.push({ role, blocks: [...blocks] })
  }
  return turns
}

function checkToolTurns(turns: readonly Turn[]): void {
  const all = new Set<unknown>()
  for (const [index, turn] of turns.entries()) {
    const called = blocksOf(turns[index - 1], 'tool_use').map(block => block.id)
    const answered = blocksOf(turn, 'tool_result')
    for (const [at, block] of turn.blocks.entries()) {
      if (block.type === 'tool_use' && all.size === all.add(block.id).size)
        refuse(`messages: \`tool_use\` ids must be unique`)
      if (block.type !== 'tool_result' || called.includes(block.tool_use_id)) continue
      refuse(
        `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${asText(block.tool_use_id)}. ` +
          'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
      )
    }
    refuseUnanswered(called, answered, index - 1)
    const firstOther = turn.blocks.findIndex(block => block.type !== 'tool_result')
    if (firstOther >= 0 && turn.blocks.slice(firstOther).some(block => block.type === 'tool_result')) {
      refuse(`messages.${index}.content: \`tool_result\` blocks must come before all other content`)
    }
  }
  refuseUnanswered(
    blocksOf(turns.at(-1), 'tool_use').map(block => block.id),
    [],
    turns.length - 1,
  )
}

function refuseUnanswered(called: readonly unknown[], answered: readonly JsonObject[], index: number): void {
  const results = answered.map(block => block.tool_use_id)
  if (new Set(results).size < results.length) {
    refuse(`messages.${index + 1}: each tool_use must have a single result`)
  }
  const open = called.filter(id => !results.includes(id))
  if (open.length === 0) return
  refuse(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. ` +
      'Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
  )
}

function blocksOf(turn: Turn | undefined, type: string): JsonObject[] {
  return turn?.blocks.filter(block => block.type === type) ?? []
}

function checkFinalTurn(messages: readonly JsonObject[]): void {
  for (const [index, message] of messages.entries()) {
    if (message.content === '' && !(message.role === 'assistant' && index === messages.length - 1)) {
      refuse(
        `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
      )
    }
  }
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return
  const written =
    typeof last.content === 'string' ? last.content : asText(asObjects(last.content).at(-1)?.text)
  if (written !== written.trimEnd()) {
    refuse('messages: final assistant content cannot end with trailing whitespace')
  }
}

function checkSignatures(turn: Turn, index: number): void {
  for (const [at, block] of turn.blocks.entries()) {
    if (block.type === 'thinking' && block.signature !== signatureOf(asText(block.thinking))) {
      refuse(`messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`)
    }
  }
}

/** https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
function checkThinking(body: JsonObject, turns: readonly Turn[]): void {
  const thinking = asObject(body.thinking)
  if (thinking.type !== 'enabled' && thinking.type !== 'adaptive') return
  if (Number(thinking.budget_tokens) >= Number(body.max_tokens)) {
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`.')
  }
  if (typeof body.temperature === 'number' && body.temperature !== 1) {
    refuse('`temperature` may only be set to 1 when thinking is enabled.')
  }
  if (body.top_k !== undefined) refuse('`top_k` must be unset when thinking is enabled.')
  if (typeof body.top_p === 'number' && body.top_p < 0.95) {
    refuse('`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.')
  }
  const choice = asObject(body.tool_choice).type
  if (choice === 'any' || choice === 'tool')
    refuse('Thinking may not be enabled when tool_choice forces tool use.')
  const index = turns.findLastIndex(turn => turn.role === 'assistant')
  const first = turns[index]?.blocks[0]?.type
  const isToolLoop = blocksOf(turns[index], 'tool_use').length > 0
  if (thinking.type === 'enabled' && isToolLoop && first !== 'thinking' && first !== 'redacted_thinking') {
    refuse(
      `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${asText(first)}\`. ` +
        'When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
    )
  }
}

function checkToolNames(body: JsonObject): void {
  const tools = asObjects(body.tools).filter(({ type }) => type !== 'mcp_toolset')
  for (const [index, { name }] of tools.entries()) {
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(asText(name))) {
      refuse(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
    }
  }
  if (new Set(tools.map(tool => tool.name)).size < tools.length) refuse('tools: Tool names must be unique.')
  const choice = asObject(body.tool_choice)
  if (body.tool_choice !== undefined && tools.length === 0) {
    refuse('tool_choice may only be specified while providing tools.')
  }
  if (choice.type === 'tool' && !tools.some(tool => tool.name === choice.name)) {
    refuse(`Tool '${asText(choice.name)}' not found in provided tools`)
  }
  const used = asObjects(body.messages).some(message =>
    asObjects(message.content).some(block => block.type === 'tool_use' || block.type === 'tool_result'),
  )
  if (used && tools.length === 0) {
    refuse('Requests which include `tool_use` or `tool_result` blocks must define tools')
  }
  const marks = JSON.stringify([body.system, body.messages, body.tools]).split('"cache_control":{').length - 1
  if (marks > 4) refuse(`A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`)
}

import { signatureOf } from '../answer/signature.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'

/** Checks what a shape cannot say: order of turns, tool results, signatures, thinking. Throws `Failure`. */
export function checkConverseRules(body: JsonObject): void {
  const turns = asObjects(body.messages)
  if (turns[0]?.role !== 'user')
    refuse(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  for (const [index, turn] of turns.entries()) {
    if (turn.role === turns[index - 1]?.role)
      refuse(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      )
    checkTools(turns, index)
    checkThinking(asObjects(turn.content), index)
    checkDocuments(turn, index)
  }
  checkConfig(body, turns)
}

function refuse(message: string): never {
  throw new Failure('invalid', { message })
}

function checkTools(turns: readonly JsonObject[], index: number): void {
  const called = idsOf(turns[index - 1], 'toolUse')
  const answered = idsOf(turns[index], 'toolResult')
  if (called.some(id => !answered.includes(id)))
    refuse(
      `Expected toolResult blocks at messages.${index}.content for the following Ids: ${called.join(', ')}`,
    )
  if (answered.some(id => !called.includes(id)))
    refuse(
      `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
    )
}

function idsOf(turn: JsonObject | undefined, kind: string): string[] {
  return asObjects(turn?.content).flatMap(block => {
    const id = asText(asObject(block[kind]).toolUseId)
    return id === '' ? [] : [id]
  })
}

function checkThinking(blocks: readonly JsonObject[], index: number): void {
  for (const block of blocks) {
    const thought = asObject(asObject(block.reasoningContent).reasoningText)
    if (thought.signature !== undefined && thought.signature !== signatureOf(asText(thought.text)))
      refuse(`messages.${index}.content: Invalid \`signature\` in \`thinking\` block`)
  }
}

function checkDocuments({ role, content }: JsonObject, index: number): void {
  const blocks = asObjects(content)
  const names = blocks.flatMap(({ document }) => asText(asObject(document).name) || [])
  if (new Set(names).size < names.length)
    refuse('The model returned the following errors: duplicate document names')
  if (role === 'user' && names.length > 0 && !blocks.some(({ text }) => text !== undefined))
    refuse(`messages.${index}: a text block is required beside a document.`)
}

function checkConfig(body: JsonObject, turns: readonly JsonObject[]): void {
  const config = asObject(body.toolConfig)
  const names = asObjects(config.tools).map(({ toolSpec }) => asText(asObject(toolSpec).name))
  const usesTools = turns.some(turn => [...idsOf(turn, 'toolUse'), ...idsOf(turn, 'toolResult')].length > 0)
  if (usesTools && names.length === 0)
    refuse('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
  const forced = asText(asObject(asObject(config.toolChoice).tool).name)
  if (forced !== '' && !names.includes(forced)) refuse(`The tool ${forced} is not in the list of tools.`)
  const thinking = asObject(asObject(body.additionalModelRequestFields).thinking)
  const limit = asObject(body.inferenceConfig).maxTokens
  if (thinking.type === 'enabled' && !(Number(limit) > Number(thinking.budget_tokens)))
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`.')
}

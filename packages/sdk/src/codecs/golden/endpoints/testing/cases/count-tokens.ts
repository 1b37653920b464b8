import { CHAT_CASES } from '../../../testing/chat-cases.ts'
import type { Cases } from './cases.ts'

const NAMES = [
  'one message',
  'a system message',
  'two user messages in a row',
  'beyond ASCII',
  'two tools, one strict',
  'tool_choice required',
  'parallel calls and their results',
  'an image in base64',
  'a PDF',
  'cache marks on messages and parts',
  'a thinking budget',
  'json_schema',
  'sampling',
  'fields nobody knows',
  'null everywhere',
  'a stream',
]

/** Some of the requests of the chat matrix: what is counted is a chat. */
export const countTokensCases: Cases<'count_tokens'> = Object.fromEntries(
  NAMES.map(name => {
    const asked = CHAT_CASES[name]
    if (asked === undefined) throw new Error(`The chat matrix has no case "${name}" any more.`)
    return [name, asked]
  }),
)

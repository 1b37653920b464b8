import { createError } from '../../../errors.ts'
import type { ToolCallDelta } from '../../../types/chat.ts'
import type { JsonObject } from '../../../types/json.ts'
import type { Block } from '../request/context.ts'

/** What to tell of tool calls: a block begins, or the block that is open goes on. */
export type CallStep = { readonly begin: Block } | { readonly input: string }

interface Call {
  readonly id: string
  readonly name: string
  readonly fields: JsonObject | undefined
  input: string
}

/**
 * A stream's tool calls one after the other, as Anthropic tells them. Some providers stream parallel calls side by
 * side: the first is told as it comes, the others wait until the one before them is complete.
 */
export class CallQueue {
  private readonly callId: string
  /** By the hub's index; the first is the one being told. */
  private readonly calls = new Map<number, Call>()
  private readonly told = new Set<number>()

  constructor(callId: string) {
    this.callId = callId
  }

  /** True while a call's arguments are known to be incomplete, so that other content has to wait. */
  get busy(): boolean {
    const [first, second] = this.calls.values()
    return second !== undefined || (first !== undefined && !isComplete(first.input))
  }

  /** Throws `BadGatewayError` for arguments of a call that has not begun, or that was complete. */
  push(piece: ToolCallDelta): CallStep[] {
    const { index } = piece
    const input = piece.function?.arguments ?? ''
    const known = this.calls.get(index)
    if (known) {
      known.input += input
      if (known !== this.calls.values().next().value) return []
      return [...(input === '' ? [] : [{ input }]), ...this.advance()]
    }
    if (this.told.has(index) || (piece.id === undefined && piece.function?.name === undefined)) {
      if (input.trim() === '') return []
      throw lateArguments()
    }
    const call: Call = {
      id: piece.id ?? `call_${this.callId}_${index}`,
      name: piece.function?.name ?? '',
      fields: piece.provider_specific_fields,
      input,
    }
    this.calls.set(index, call)
    return this.calls.size === 1 ? stepsOf(call) : this.advance()
  }

  /** Everything that still waits, and no call is open any more. */
  end(): CallStep[] {
    const [, ...waiting] = this.calls.values()
    for (const index of this.calls.keys()) this.told.add(index)
    this.calls.clear()
    return waiting.flatMap(stepsOf)
  }

  /** Goes on to the next call as long as the one being told is complete. */
  private advance(): CallStep[] {
    const steps: CallStep[] = []
    for (const [index, call] of this.calls) {
      if (this.calls.size === 1 || !isComplete(call.input)) break
      this.calls.delete(index)
      this.told.add(index)
      const next = this.calls.values().next().value
      if (next) steps.push(...stepsOf(next))
    }
    return steps
  }
}

function stepsOf({ id, name, fields, input }: Call): CallStep[] {
  const begin: Block = { type: 'tool_use', id, name, input: {}, ...fields }
  return input === '' ? [{ begin }] : [{ begin }, { input }]
}

/** Arguments are a JSON object, so that nothing else than a closing brace ends them. */
function isComplete(input: string): boolean {
  if (!input.trimEnd().endsWith('}')) return false
  try {
    JSON.parse(input)
    return true
  } catch {
    return false
  }
}

function lateArguments() {
  return createError({
    kind: 'bad_gateway',
    message:
      'The provider streamed arguments for a tool call that it had not begun or had already completed.',
  })
}

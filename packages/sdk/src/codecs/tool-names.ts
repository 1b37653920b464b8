import { createHash } from 'node:crypto'
import { isJsonArray, isJsonObject, type JsonObject } from '../types/json.ts'
import type { Warning } from '../types/warning.ts'

/** What a vendor allows as a tool's name. */
export interface ToolNameRule {
  /** Most characters. */
  readonly limit: number
  /** One character that is not allowed; global. */
  readonly forbidden: RegExp
}

/** OpenAI's and most vendors' rule: 64 letters, digits, `_` and `-`. */
export const OPENAI_TOOL_NAMES: ToolNameRule = { limit: 64, forbidden: /[^a-zA-Z0-9_-]/g }

/**
 * Tool names a vendor refuses, spelled so that it takes them, and back. A respelled name ends in a digest of the
 * original, so that it is the same in every turn and no two names meet.
 */
export class ToolNames {
  private readonly rule: ToolNameRule
  private readonly request: JsonObject | undefined
  private originals: ReadonlyMap<string, string> | undefined

  /** `request` names the tools that `ours` may bring back. */
  constructor(rule: ToolNameRule, request?: JsonObject) {
    this.rule = rule
    this.request = request
  }

  /** The vendor's spelling; the name itself where the vendor allows it. */
  theirs(name: string): string {
    const { limit, forbidden } = this.rule
    const allowed = name.replaceAll(forbidden, '_')
    if (name.length <= limit && allowed === name) return name
    const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST)
    return `${allowed.slice(0, limit - DIGEST - 1)}_${digest}`
  }

  /** As `theirs`, and records the change: once, where the tool is defined. */
  define(name: string, at: string, warn: (warning: Warning) => void): string {
    const spelled = this.theirs(name)
    if (spelled !== name)
      warn({
        action: 'renamed',
        param: at,
        reason: `this provider allows at most ${this.rule.limit} letters, digits, "_" and "-"; sent as "${spelled}"`,
      })
    return spelled
  }

  /** The caller's spelling of a name the vendor said. */
  ours(name: string): string {
    this.originals ??= this.respelled()
    return this.originals.get(name) ?? name
  }

  private respelled(): ReadonlyMap<string, string> {
    const originals = new Map<string, string>()
    const tools: unknown = this.request?.tools
    for (const tool of isJsonArray(tools) ? tools : []) {
      if (!isJsonObject(tool)) continue
      const name = isJsonObject(tool.function) ? tool.function.name : tool.name
      if (typeof name !== 'string') continue
      const spelled = this.theirs(name)
      if (spelled !== name) originals.set(spelled, name)
    }
    return originals
  }
}

const DIGEST = 8

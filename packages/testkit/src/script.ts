import type { Control } from './delivery/control.ts'
import { asObject, asText } from './json.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { WireName } from './wire/wire.ts'

/** What a request must be like for a script to answer it; absent fields match anything. */
export interface Match {
  readonly wire?: WireName
  /** With or without the wire's prefix. */
  readonly path?: string | RegExp
  /** The model, from the path or the body. */
  readonly model?: string
  readonly stream?: boolean
}

/** How to answer the next matching requests. */
export interface Script extends Control {
  readonly match?: Match | ((request: RecordedRequest, model: string) => boolean)
  /** How many requests to answer, default 1; `Infinity` for all. */
  readonly times?: number
}

export interface ScriptHandle {
  /** How many requests it has answered. */
  readonly used: number
  remove(): void
}

interface Entry {
  readonly script: Script
  used: number
}

/** The scripts of an upstream, in the order they were given: the first that matches and is not used up answers. */
export class Scripts {
  #entries: Entry[] = []

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  add(script: Script): ScriptHandle {
    const entry: Entry = { script, used: 0 }
    this.#entries.push(entry)
    return {
      get used() {
        return entry.used
      },
      remove: () => this.#remove(entry),
    }
  }

  take(request: RecordedRequest, model: string, isStream: boolean): Control | undefined {
    const entry = this.#entries.find(({ script }) => matches(script.match, request, model, isStream))
    if (!entry) return undefined
    entry.used++
    if (entry.used >= (entry.script.times ?? 1)) this.#remove(entry)
    const { match: _match, times: _times, ...control } = entry.script
    return control
  }

  clear(): void {
    this.#entries = []
  }

  #remove(entry: Entry): void {
    this.#entries = this.#entries.filter(one => one !== entry)
  }
}

function matches(
  match: Script['match'],
  request: RecordedRequest,
  model: string,
  isStream: boolean,
): boolean {
  if (match === undefined) return true
  if (typeof match === 'function') return match(request, model)
  const { wire, path, stream } = match
  return (
    (wire === undefined || wire === request.wire) &&
    (path === undefined ||
      [request.path, request.wirePath].some(one =>
        typeof path === 'string' ? path === one : path.test(one),
      )) &&
    (match.model === undefined || match.model === model) &&
    (stream === undefined || stream === isStream)
  )
}

/** The model a request asks for: from its path, else from its body. */
export function modelOf(pathModel: string | undefined, body: unknown): string {
  return pathModel ?? asText(asObject(body).model)
}

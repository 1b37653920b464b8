import type { IncomingMessage, ServerResponse } from 'node:http'
import { PromptCache } from './answer/prompt-cache.ts'
import { BenchReplies, benchRequest } from './bench.ts'
import { compose, isFailing, refusal } from './compose.ts'
import { type Control, headerControl, mergeControls } from './delivery/control.ts'
import { deliver, type Reply } from './delivery/deliver.ts'
import { modelControl, UnknownDirective } from './delivery/model-control.ts'
import type { Journal } from './journal.ts'
import { isObject, type JsonObject } from './json.ts'
import { RecordedRequest } from './recorded-request.ts'
import { modelOf, type Scripts } from './script.ts'
import { Failure } from './wire/failure.ts'
import { Violation } from './wire/shape.ts'
import type { Head, Route, Wire, WireName } from './wire/wire.ts'
import { wires } from './wire/wires.ts'

/** The key that every wire refuses. */
export const badKey = 'bad-key'

/** Decides what a request gets. */
export class Responder {
  readonly #wires: readonly Wire[]
  readonly #scripts: Scripts
  readonly #journal: Journal
  readonly #bench = new BenchReplies()
  readonly #cache = new PromptCache()
  readonly #failed = new Map<string, number>()
  #sequence = 0

  constructor(names: readonly WireName[] | undefined, scripts: Scripts, journal: Journal) {
    this.#wires = Object.values(wires).filter(wire => !names || names.includes(wire.name))
    this.#scripts = scripts
    this.#journal = journal
  }

  reset(): void {
    this.#cache.clear()
    this.#failed.clear()
  }

  respond(request: IncomingMessage, response: ServerResponse, raw: Buffer): void {
    const head = headOf(request)
    const { reply, control } = this.#decide(head, raw, ++this.#sequence)
    const startedAt = Date.now()
    let isCut = false
    response.on('close', () => {
      if (response.writableFinished || isCut) this.#journal.changed()
      else this.#journal.abort({ path: head.path, at: Date.now(), afterMs: Date.now() - startedAt })
    })
    deliver(response, reply, control, () => {
      isCut = true
    })
  }

  #decide(head: Head, raw: Buffer, sequence: number): Decision {
    const found: Found = { wire: this.#wires.at(-1) ?? wires.openai }
    try {
      this.#find(head, found)
      this.#record(head, found, raw, sequence)
      const { wire, route } = found
      if (!route) throw new Failure('not-found', { message: `Invalid URL (${head.method} ${head.path})` })
      checkCredential(wire, head)
      return (
        this.#benchDecision(wire, route, head, raw) ?? this.#composed(wire, route, head, raw, sequence, found)
      )
    } catch (error) {
      return {
        reply: refusal(found.wire, found.route, failureOf(error), sequence),
        control: found.control ?? {},
      }
    }
  }

  /** Fills in the route of the first wire that has one; the last wire tried words the refusal. */
  #find(head: Head, found: Found): void {
    for (const wire of this.#wires) {
      found.wire = wire
      found.route = wire.route(head)
      if (found.route) return
    }
  }

  #record(head: Head, found: Found, raw: Buffer, sequence: number): void {
    const { wire, route } = found
    if (!this.#journal.isRecording && this.#scripts.isEmpty) return
    found.request = new RecordedRequest(sequence, route && wire.name, head, raw)
    if (this.#journal.isRecording) this.#journal.record(found.request)
  }

  #benchDecision(wire: Wire, route: Route, head: Head, raw: Buffer): Decision | undefined {
    if (route.operation.kind !== 'chat' || !this.#scripts.isEmpty) return undefined
    const request = benchRequest(raw, route)
    if (!request) return undefined
    const control = mergeControls(...modelControl(request.model), headerControl(head.headers))
    return isFailing(control)
      ? undefined
      : { reply: this.#bench.reply(wire, route, request, control), control }
  }

  #composed(wire: Wire, route: Route, head: Head, raw: Buffer, sequence: number, found: Found): Decision {
    const body = bodyOf(head, raw)
    const model = modelOf(route.model, body)
    const isStream = route.stream ?? body.stream === true
    const scripted = found.request && this.#scripts.take(found.request, model, isStream)
    const control = this.#counted(
      model,
      mergeControls(...modelControl(model), headerControl(head.headers), scripted),
    )
    found.control = control
    return { reply: compose({ wire, route, body, model, sequence, cache: this.#cache }, control), control }
  }

  /** Settles whether a control that fails the first requests only fails this one. */
  #counted(model: string, control: Control): Control {
    if (control.failTimes === undefined) return control
    const { failTimes, failure, status, ...rest } = control
    const failed = this.#failed.get(model) ?? 0
    if (failed >= failTimes) return rest
    this.#failed.set(model, failed + 1)
    return { ...rest, failure, status: failure ? status : (status ?? 500) }
  }
}

interface Decision {
  readonly reply: Reply
  readonly control: Control
}

/** What is known of a request so far; a refusal needs it. */
interface Found {
  wire: Wire
  route?: Route | undefined
  request?: RecordedRequest
  control?: Control
}

function headOf({ method = 'GET', url = '/', headers }: IncomingMessage): Head {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  return { method, path, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)), headers }
}

function checkCredential(wire: Wire, head: Head): void {
  const key = wire.credential(head)
  if (key === undefined) throw new Failure('no-key')
  if (key === badKey) throw new Failure('unauthorized')
}

function bodyOf(head: Head, raw: Buffer): JsonObject {
  if (head.method === 'GET') return {}
  let body: unknown
  try {
    body = JSON.parse(raw.toString())
  } catch {
    throw new Failure('invalid', { message: 'We could not parse the JSON body of your request.' })
  }
  if (!isObject(body))
    throw new Failure('invalid', { message: 'The JSON body of a request must be an object.' })
  return body
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof Violation) return new Failure('invalid', { violation: error })
  if (error instanceof UnknownDirective) return new Failure('not-found', { message: error.message })
  if (error instanceof TypeError) return new Failure('invalid', { message: error.message })
  throw error
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { BenchReplies, benchRequest } from './bench.ts'
import { compose, composeCall, isFailing, refusal } from './compose.ts'
import { type Control, headerControl, mergeControls } from './delivery/control.ts'
import { deliver, type Reply } from './delivery/deliver.ts'
import { modelControl, UnknownDirective } from './delivery/model-control.ts'
import type { Journal } from './journal.ts'
import { RecordedRequest } from './recorded-request.ts'
import { modelOf, type Scripts } from './script.ts'
import { UpstreamState } from './state/upstream-state.ts'
import { badKey } from './wire/bad-key.ts'
import { Failure } from './wire/failure.ts'
import type { Form } from './wire/form.ts'
import { readBody } from './wire/read-body.ts'
import { type FoundRoute, Router } from './wire/router.ts'
import { Violation } from './wire/shape.ts'
import type { Head, Route, Wire, WireName } from './wire/wire.ts'

/** Decides what a request gets. */
export class Responder {
  readonly state = new UpstreamState()
  readonly #router: Router
  readonly #scripts: Scripts
  readonly #journal: Journal
  readonly #bench = new BenchReplies()
  readonly #failed = new Map<string, number>()
  #sequence = 0

  constructor(names: readonly WireName[] | undefined, scripts: Scripts, journal: Journal) {
    this.#router = new Router(names)
    this.#scripts = scripts
    this.#journal = journal
  }

  reset(): void {
    this.state.clear()
    this.#failed.clear()
  }

  /** `form` is the parsed multipart body, or why it could not be parsed. */
  respond(request: IncomingMessage, response: ServerResponse, raw: Buffer, form?: Form | Failure): void {
    const arrived: Arrived = { raw, form, sequence: ++this.#sequence }
    const head = headOf(request)
    const startedAt = Date.now()
    let isCut = false
    const send = ({ reply, control }: Decision) =>
      deliver(response, reply, control, () => {
        isCut = true
      })
    response.on('close', () => {
      if (response.writableFinished || isCut) this.#journal.changed()
      else this.#journal.abort({ path: head.path, at: Date.now(), afterMs: Date.now() - startedAt })
    })
    const decision = this.#decide(head, arrived)
    if (!(decision instanceof Promise)) return send(decision)
    void decision.then(send).catch((error: unknown) => {
      isCut = true
      response.destroy()
      throw error
    })
  }

  #decide(head: Head, arrived: Arrived): Decision | Promise<Decision> {
    const found: Found = this.#router.start(head)
    const refused = (error: unknown): Decision => ({
      reply: refusal(found.wire, found.route, failureOf(error), arrived.sequence),
      control: found.control ?? {},
    })
    try {
      const decision = this.#answered(found, arrived)
      return decision instanceof Promise ? decision.catch(refused) : decision
    } catch (error) {
      return refused(error)
    }
  }

  #answered(found: Found, arrived: Arrived): Decision | Promise<Decision> {
    try {
      this.#router.find(found)
    } finally {
      this.#record(found, arrived)
    }
    const { wire, route, head } = found
    if (!route) throw new Failure('not-found', { message: `Invalid URL (${head.method} ${head.path})` })
    checkCredential(wire, head)
    const bench = this.#benchDecision(wire, route, head, arrived.raw)
    if (bench) return bench
    const checked = wire.authorize?.({ head, raw: arrived.raw, state: this.state })
    return checked
      ? checked.then(() => this.#composed(found, route, arrived))
      : this.#composed(found, route, arrived)
  }

  #record(found: Found, { sequence, raw, form }: Arrived): void {
    const { wire, route, head } = found
    if (!this.#journal.isRecording && this.#scripts.isEmpty) return
    found.request = new RecordedRequest(sequence, route && wire.name, head, raw, form)
    if (this.#journal.isRecording) this.#journal.record(found.request)
  }

  #benchDecision(wire: Wire, route: Route, head: Head, raw: Buffer): Decision | undefined {
    if (route.operation.kind !== 'chat' || !wire.sample || !this.#scripts.isEmpty) return undefined
    const request = benchRequest(raw, route)
    if (!request) return undefined
    const control = mergeControls(...modelControl(request.model), headerControl(head.headers))
    return isFailing(control)
      ? undefined
      : { reply: this.#bench.reply(wire, route, request, control), control }
  }

  #composed(found: Found, route: Route, { raw, form, sequence }: Arrived): Decision | Promise<Decision> {
    const { wire, head } = found
    if (form instanceof Failure) throw form
    const body = readBody(head, route, raw, form)
    const model = modelOf(route.model, body)
    const stream = route.stream ?? (body.stream === true || body.stream === 'true')
    const control = this.#control(found, model, stream)
    const exchange = { wire, route, body, model, sequence, cache: this.state.prompts }
    const { operation } = route
    if (operation.kind !== 'call') return { reply: compose(exchange, operation, control), control }
    const facts = { head, route, body, raw, model, stream, sequence, control, state: this.state }
    const call = { ...facts, jobs: this.state.jobs(wire.name), origin: originOf(head) }
    return composeCall(exchange, operation, call).then(reply => ({ reply, control }))
  }

  #control(found: Found, model: string, isStream: boolean): Control {
    const scripted = found.request && this.#scripts.take(found.request, model, isStream)
    const merged = mergeControls(...modelControl(model), headerControl(found.head.headers), scripted)
    found.control = this.#counted(model, merged)
    return found.control
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

interface Arrived {
  readonly raw: Buffer
  readonly form: Form | Failure | undefined
  readonly sequence: number
}

interface Decision {
  readonly reply: Reply
  readonly control: Control
}

/** What is known of a request so far; a refusal needs it. */
interface Found extends FoundRoute {
  request?: RecordedRequest
  control?: Control
}

function headOf({ method = 'GET', url = '/', headers }: IncomingMessage): Head {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  return { method, path, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)), headers }
}

function originOf({ headers, prefix = '' }: Head): string {
  return `http://${headers.host ?? '127.0.0.1'}${prefix}`
}

function checkCredential(wire: Wire, head: Head): void {
  const key = wire.credential(head)
  if (key === undefined) throw new Failure('no-key')
  if (key === badKey) throw new Failure('unauthorized')
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof Violation) return new Failure('invalid', { violation: error })
  if (error instanceof UnknownDirective) return new Failure('not-found', { message: error.message })
  if (error instanceof TypeError) return new Failure('invalid', { message: error.message })
  throw error
}

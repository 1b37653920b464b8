import type { JsonObject } from 'sluice/internal'
import type { LoggedFailure, OwnFault } from './logged-call.ts'

/** Errors of a gateway before it asked anybody: keys, budgets, its own limits, unknown models. */
const BEFORE_ROUTING = /^(?:ProxyException|HTTPException|BudgetExceeded)/

const OWN: readonly (readonly [RegExp, OwnFault])[] = [
  [/ContextWindow/, 'context_window'],
  [/ContentPolicy/, 'content_policy'],
  [/BadRequest|UnprocessableEntity|UnsupportedParams|InvalidRequest/, 'bad_request'],
]

/**
 * What LiteLLM's `error_information` says of a failure. `reached`: a deployment is named. `began`: tokens had come
 * before it. `refused` where nobody was asked.
 */
export function readFailure(
  information: JsonObject,
  reached: boolean,
  began: boolean,
): LoggedFailure | 'refused' {
  const { error_class, error_code, error_message, llm_provider } = information
  const name = typeof error_class === 'string' ? error_class : ''
  const status = Number(error_code) || 500
  if (!reached) {
    // All deployments rested, or had no room: the router's own word, which another configuration may change.
    if (/No deployments available/i.test(String(error_message))) return { kind: 'busy', status: 429 }
    if (BEFORE_ROUTING.test(name) || typeof llm_provider !== 'string' || llm_provider === '') return 'refused'
  }
  const own = OWN.find(([pattern]) => pattern.test(name))
  if (own) return { kind: 'own', status: status < 500 ? status : 400, why: own[1] }
  if ([400, 413, 422].includes(status)) return { kind: 'own', status, why: 'bad_request' }
  if (began) return { kind: 'broken', status }
  if (/Timeout/.test(name) || status === 408) return { kind: 'timeout', status: 408 }
  if (/Connection/.test(name)) return { kind: 'connection', status: 500 }
  return { kind: 'status', status: status >= 400 && status <= 599 ? status : 500 }
}

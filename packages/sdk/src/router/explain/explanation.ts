import { decimalUsd } from '../../models/rate.ts'
import type { Attempt, CallRecord } from '../../types/call-record.ts'
import type { JsonObject } from '../../types/json.ts'
import type { RouteAttempt, RouteVisit } from '../../types/route-receipt.ts'
import { SECRET_RULES } from '../filters/refusal.ts'

/**
 * What happened on the way, in the words of the wire: candidates, who was ruled out and why, each attempt, what it cost,
 * and what the cheapest alternative would have cost.
 */
export function explanationOf(record: CallRecord): JsonObject {
  const { routing, deployment, cost, attempts } = record
  let next = 0
  const visits = routing?.visits.map(visit =>
    visitOf(
      visit,
      visit.attempts.map(each => attemptOf(each, attempts[next++])),
    ),
  )
  const cheapest = routing?.cheapest
  return {
    model: record.requestedModel,
    ...(deployment && { deployment: deployment.id, group: deployment.group }),
    ...(cost.state === 'known' && { cost: decimalUsd(cost.nanoUsd) }),
    ...(cheapest && {
      cheapest: { deployment: cheapest.deploymentId, cost: decimalUsd(cheapest.nanoUsd) },
    }),
    visits: visits ?? [],
  }
}

/** True where the row itself does not say all: more than one attempt, or somebody was ruled out. */
export function isEventful({ routing }: CallRecord): boolean {
  if (routing === undefined) return false
  return routing.visits.some(({ attempts, ruledOutCount }) => attempts.length > 1 || ruledOutCount > 0)
    ? true
    : routing.visits.length > 1
}

function visitOf(visit: RouteVisit, attempts: readonly JsonObject[]): JsonObject {
  const { group, because, strategy, candidates, ruledOut, ruledOutCount } = visit
  const shown = ruledOut.filter(({ by }) => !SECRET_RULES.has(by))
  return {
    group,
    ...(because && { because }),
    strategy,
    candidates,
    ...(ruledOutCount > 0 && {
      ruled_out_count: ruledOutCount,
      ruled_out: shown.map(({ deploymentId, by, reason }) => ({ deployment: deploymentId, by, reason })),
    }),
    attempts,
  }
}

function attemptOf(
  { deploymentId, durationMs, status, error, waitedMs, restMs, ...flags }: RouteAttempt,
  attempt: Attempt | undefined,
): JsonObject {
  const cost = attempt?.cost
  return {
    deployment: deploymentId,
    ms: Math.round(durationMs),
    ...(status !== undefined && { status }),
    ...(error && { error }),
    ...(waitedMs && { waited_ms: Math.round(waitedMs) }),
    ...(restMs && { rest_ms: Math.round(restMs) }),
    ...(cost?.state === 'known' && { cost: decimalUsd(cost.nanoUsd) }),
    ...flags,
  }
}

/** Proxies and clients refuse longer headers. */
const MOST_CHARACTERS = 4_000

/** The explanation as one line of ASCII; where it is too long, without the details that are longest. */
export function explanationLine(record: CallRecord): string {
  const whole = explanationOf(record)
  const visits = whole.visits as readonly JsonObject[]
  const less = { ...whole, visits: visits.map(({ ruled_out: _, ...visit }) => visit) }
  const least = { ...whole, visits: visits.length }
  const lines = [whole, less, least].map(each => ascii(JSON.stringify(each)))
  return lines.find(line => line.length <= MOST_CHARACTERS) ?? '{}'
}

function ascii(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

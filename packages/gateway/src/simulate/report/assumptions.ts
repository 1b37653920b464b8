import type { Deployment } from 'sluice/internal'
import type { LogReport } from '../log/read-log.ts'
import type { Replayed } from '../replay/replay.ts'
import type { MatchedBy } from '../world/roster.ts'

/** What a simulation cannot know, whatever the log. */
export const NOT_MODELLED: readonly string[] = [
  'what answers say: another model may need more or fewer tokens, and may be better or worse',
  'clients: they ask at the same times whatever they are answered, and do not ask again',
  'providers under another load: a deployment that gets more calls is as fast as it was, and as often rate-limited',
  "the gateway's caches, keys, budgets and guardrails; the providers' own prompt caches hit as often as they did",
  'what the gateway does beside the router: health checks, adaptive weights, budgets of providers, mirrored copies',
  'endpoints besides chat: their calls are routed as chats of as many tokens',
]

/** What is counted while a log is read and replayed. */
export interface AssumedCounts {
  /** Calls that failed before their size was known. */
  readonly unsized: number
  /** Failures of which the log does not say whose they were. */
  readonly unattributed: number
  readonly byPiece: number
}

const MOST_NAMED = 5

/** What was assumed, in sentences. */
export function assumptionsOf(
  name: string,
  deployments: readonly Deployment[],
  { matches, unknownModels }: Replayed,
): string[] {
  const told: string[] = []
  const unknown = [...unknownModels]
  if (unknown.length > 0) {
    const calls = unknown.reduce((sum, [, count]) => sum + count, 0)
    told.push(
      `${counted(calls, 'call')} ask for models that ${name} does not have, and fail: ${listed(unknown.map(([model]) => model))}.`,
    )
  }
  const byId = new Map(deployments.map(deployment => [deployment.id, deployment]))
  const guessed = Map.groupBy(
    [...matches].filter(([, by]) => AS_WHO[by] !== undefined),
    ([, by]) => by,
  )
  for (const [by, found] of guessed) {
    const names = found.map(([key]) => {
      const [id = '', model = ''] = key.split('\0')
      return `${byId.get(id)?.provider ?? ''}/${model}`
    })
    told.push(`${listed([...new Set(names)])} of ${name} did not answer in the log: ${AS_WHO[by]}.`)
  }
  return told
}

const AS_WHO: { readonly [B in MatchedBy]?: string } = {
  model: 'taken to behave as the same model at the same provider elsewhere',
  group: "taken to behave as its group's deployments on the average of the whole log",
  log: 'taken to behave as all deployments on the average of the whole log',
  nothing: 'taken to answer in a second and never to fail',
}

/** What was assumed of the log. */
export function logAssumptions(
  { unreadable, leftOut }: LogReport,
  { unsized, unattributed, byPiece }: AssumedCounts,
): string[] {
  const told: string[] = []
  const say = (count: number, what: string, then: string) => {
    if (count > 0) told.push(`${counted(count, what)} ${then}`)
  }
  say(unreadable, 'row', 'could not be read, and were left out.')
  say(leftOut.cached, 'call', 'were answered from a cache, and left out.')
  say(
    leftOut.refused,
    'call',
    'were refused before a deployment was asked (keys, budgets, limits), and left out.',
  )
  say(leftOut.left, 'call', 'were given up by their clients, and left out.')
  say(
    leftOut.foreign,
    'row',
    'are of pass-through routes, tools, files, batches or mirrored copies, and were left out.',
  )
  say(
    unsized,
    'call',
    'failed before their size was known: each is as large as some answered call of its group.',
  )
  say(
    unattributed,
    'retried failure',
    'are not in the log with their deployment: they are counted against the others of the group, as errors 500.',
  )
  say(
    byPiece,
    'call',
    'are charged by the piece: they cost what they did at the same model, and elsewhere nobody knows.',
  )
  return told
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

import { createError, type ErrorFacts, type SluiceError } from '../../errors.ts'
import type { RouteVisit } from '../../types/route-receipt.ts'
import type { FilterAsk } from './filter.ts'

/** The code of a refusal because no deployment of the group can do what is asked: a group elsewhere may. */
export const NO_CAPABLE_DEPLOYMENT = 'no_capable_deployment'

/** Rules whose decisions callers are not told by name: they may not know of the deployment. */
export const SECRET_RULES: ReadonlySet<string> = new Set(['tags', 'team'])

const REFUSALS: Readonly<Record<string, (group: string) => ErrorFacts>> = {
  blocked: group => ({
    kind: 'unavailable',
    message: `There are no healthy deployments for this model: ${group} is blocked by the operator.`,
    retryable: false,
  }),
  team: group => ({
    kind: 'permission',
    message: `Every deployment of ${group} belongs to another team.`,
  }),
  'access-windows': group => ({
    kind: 'bad_request',
    message: `Every deployment of ${group} is reserved for another team at this time.`,
    code: NO_CAPABLE_DEPLOYMENT,
  }),
  tags: group => ({
    kind: 'permission',
    message: `Not allowed to access model due to tags configuration. Passed model=${group}.`,
  }),
  region: group => ({
    kind: 'bad_request',
    message: `No deployment of ${group} is in the region asked for with allowed_model_region.`,
    param: 'allowed_model_region',
    code: NO_CAPABLE_DEPLOYMENT,
  }),
  needs: group => ({
    kind: 'bad_request',
    message: `No deployment of ${group} can do what the request needs.`,
    code: NO_CAPABLE_DEPLOYMENT,
  }),
  'context-window': group => ({
    kind: 'context_window',
    message: `The prompt is too long for every deployment of ${group}.`,
    param: 'messages',
  }),
}

/** The error when the filter `by` left nobody, naming each deployment and why. */
export function refusalOf(by: string, { group }: FilterAsk, visit: RouteVisit): SluiceError {
  const facts = REFUSALS[by]?.(group) ?? {
    kind: 'unavailable',
    message: `No deployment of ${group} is left.`,
  }
  return createError({ ...facts, message: `${facts.message} ${rulingsOf(visit)}`.trim() })
}

/**
 * LiteLLM's words for a group whose deployments all rest or have no room, and why each was ruled out; it may be tried
 * again after the least wait.
 */
export function nobodyReady(
  group: string,
  waitMs: number,
  preCallChecks: boolean,
  visit: RouteVisit,
): SluiceError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  const resting = [
    ...new Set(visit.ruledOut.filter(({ by }) => by === 'circuit').map(each => each.deploymentId)),
  ]
  return createError({
    kind: 'rate_limit',
    message:
      `No deployments available for selected model, Try again in ${seconds} seconds. Passed model=${group}. ` +
      `pre-call-checks=${preCallChecks ? 'True' : 'False'}, cooldown_list=[${resting.map(id => `'${id}'`).join(', ')}]. ` +
      rulingsOf(visit),
    retryAfterMs: Math.max(1, Math.ceil(waitMs)),
  })
}

/** Deployments that a caller may not use are not told to it, whichever rule left nobody in the end. */
function rulingsOf({ ruledOut, ruledOutCount }: RouteVisit): string {
  const shown = ruledOut.filter(({ by }) => !SECRET_RULES.has(by))
  if (shown.length === 0) return ''
  const last = new Map(shown.map(({ deploymentId, reason }) => [deploymentId, reason]))
  const told = [...last].map(([id, reason]) => `${id}: ${reason}`).join('; ')
  return ruledOutCount > ruledOut.length
    ? `${told}; and ${ruledOutCount - ruledOut.length} more.`
    : `${told}.`
}

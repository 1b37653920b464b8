import type { Deployment, Finding, JsonObject } from 'sluice/internal'
import type { Stages } from '../steps/stages.ts'

type Sources = Pick<Stages, 'settings' | 'routes'>

/** LiteLLM's answer to `/health`; what could not be checked, or was not yet, is told apart. */
export function healthReport(deployments: readonly Deployment[], stages: Sources): JsonObject {
  const { routes, settings } = stages
  const told = deployments.map(deployment => {
    const finding = routes.health.last(deployment)
    return { finding, shown: endpointOf(deployment, finding, settings.health.details) }
  })
  const healthy = told.filter(({ finding }) => finding && !finding.error)
  const unhealthy = told.filter(({ finding }) => finding?.error)
  const unchecked = deployments.filter(deployment => routes.health.last(deployment) === undefined)
  return {
    healthy_endpoints: healthy.map(({ shown }) => shown),
    unhealthy_endpoints: unhealthy.map(({ shown }) => shown),
    healthy_count: healthy.length,
    unhealthy_count: unhealthy.length,
    ...(unchecked.length > 0 && {
      unchecked_endpoints: unchecked.map(deployment => ({
        ...endpointOf(deployment, undefined, settings.health.details),
        reason: routes.health.obstacle(deployment) ?? 'it has not been checked yet',
      })),
    }),
  }
}

/** LiteLLM's answer to `/health/latest`, by deployment. */
export function latestReport(deployments: readonly Deployment[], { routes, settings }: Sources): JsonObject {
  const latest: JsonObject = {}
  for (const deployment of deployments) {
    const finding = routes.health.last(deployment)
    if (finding) latest[deployment.id] = latestOf(deployment, finding, settings.health.details)
  }
  return { latest_health_checks: latest, total_models: Object.keys(latest).length }
}

function endpointOf(deployment: Deployment, finding: Finding | undefined, details: boolean): JsonObject {
  const { provider, model, id, group, apiBase } = deployment
  const named = { model: `${provider}/${model}`, model_id: id }
  if (!details) return named
  return {
    ...named,
    model_group: group,
    ...(apiBase !== undefined && { api_base: apiBase }),
    ...(finding && {
      checked_at: new Date(finding.at).toISOString(),
      response_time_ms: finding.durationMs,
    }),
    ...(finding?.error && {
      error: finding.error.message,
      error_class: finding.error.name,
      error_code: finding.error.status,
    }),
  }
}

function latestOf(
  { id, group }: Deployment,
  { at, durationMs, error }: Finding,
  details: boolean,
): JsonObject {
  const checkedAt = new Date(at).toISOString()
  return {
    model_name: group,
    model_id: id,
    status: error ? 'unhealthy' : 'healthy',
    healthy_count: error ? 0 : 1,
    unhealthy_count: error ? 1 : 0,
    error_message: details ? (error?.message ?? null) : null,
    response_time_ms: durationMs,
    checked_at: checkedAt,
    created_at: checkedAt,
  }
}

import { type Table, works } from './row.ts'
import { flag, positiveSeconds } from './types.ts'

/** How health checks drive routing: under `general_settings`, or under `router_settings`, which wins. */
export const healthRouting = {
  enable_health_check_routing: works(
    flag,
    'Leave out deployments whose health check failed, unless all of the group did. Needs `background_health_checks`.',
    'router.healthRouting',
  ),
  health_check_staleness_threshold: works(
    positiveSeconds,
    'Seconds a finding counts; twice the interval unless stated.',
    'router.healthRouting',
  ),
  health_check_ignore_transient_errors: works(
    flag,
    '429 and 408 of a health check say nothing about the deployment.',
    'router.healthRouting',
  ),
} as const satisfies Table

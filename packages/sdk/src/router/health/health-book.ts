import type { SluiceError } from '../../errors.ts'
import type { CallRecord } from '../../types/call-record.ts'
import type { CancelSignal } from '../../types/cancel-signal.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { Candidate } from '../candidate.ts'
import { Circuits } from '../circuit/circuits.ts'
import type { RoutingHost } from '../route.ts'
import type { RoutingSettings } from '../settings.ts'
import { checkOf } from './check-of.ts'
import type { Finding } from './finding.ts'
import { countAsFailures } from './leave-out-ill.ts'
import { runCheck } from './run-check.ts'

/** Checks deployments, and keeps what was found where the choice of deployments sees it. */
export class HealthBook {
  private readonly settings: RoutingSettings
  private readonly host: RoutingHost
  private readonly circuits: Circuits
  private readonly candidateOf: (deployment: Deployment) => Candidate

  constructor(
    settings: RoutingSettings,
    host: RoutingHost,
    candidateOf: (deployment: Deployment) => Candidate,
  ) {
    this.settings = settings
    this.host = host
    this.circuits = new Circuits(settings)
    this.candidateOf = candidateOf
  }

  /** The newest finding about a deployment, whoever made it. */
  last(deployment: Deployment): Finding | undefined {
    return this.candidateOf(deployment).state.health.last
  }

  /** Why a deployment cannot be checked; undefined when it can. */
  obstacle(deployment: Deployment): string | undefined {
    const check = checkOf(deployment, this.host)
    return 'unchecked' in check ? check.unchecked : undefined
  }

  /**
   * Asks the deployment and notes what was found; undefined when it cannot be asked. `open` gives the record to fill,
   * which says what the check used.
   */
  async check(
    deployment: Deployment,
    open: (endpoint: CallRecord['endpoint'], format: string) => CallRecord,
    signal?: CancelSignal,
  ): Promise<Finding | undefined> {
    const check = checkOf(deployment, this.host)
    if ('unchecked' in check) return undefined
    const record = open(check.endpoint, check.format)
    const { finding, error } = await runCheck(check, record, this.host, signal)
    if (!signal?.aborted) this.note(deployment, finding, error)
    return finding
  }

  /**
   * Takes a finding in. An answer closes a circuit that waits for one; a failure opens none, but where
   * `allowed_fails_policy` rules it counts as one failure of its class, as in LiteLLM.
   */
  note(deployment: Deployment, finding: Finding, error?: SluiceError): void {
    const { healthRouting: routing } = this.settings
    const candidate = this.candidateOf(deployment)
    const { state, credential } = candidate
    if (!state.health.note(finding, routing?.ignoreTransientErrors)) return
    const now = this.host.now()
    if (finding.error === undefined) {
      for (const { circuit } of [state, credential])
        if (circuit.phase(now) === 'half-open') circuit.close(finding.at, now)
    } else if (
      error &&
      routing &&
      countAsFailures(this.settings) &&
      state.health.illness(now, routing.staleMs)
    )
      this.circuits.failed(candidate, { error, startedAt: finding.at, now })
  }
}

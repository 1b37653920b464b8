import { type Finding, isTransient } from './finding.ts'

/** What health checks found of one deployment; all models of a wildcard share it. Survives a change of settings. */
export class DeploymentHealth {
  /** The newest finding, for people to look at. */
  last: Finding | undefined
  /** The newest that says whether the deployment is well: one of 429 or 408 may say nothing. */
  private telling: Finding | undefined

  /** Older news than what is known is no news; true when it was taken. */
  note(finding: Finding, ignoreTransientErrors = false): boolean {
    if (this.last && finding.at < this.last.at) return false
    this.last = finding
    if (!ignoreTransientErrors || !isTransient(finding)) this.telling = finding
    return true
  }

  /** The failure that keeps it out, as long as it was found no longer than `staleMs` ago. */
  illness(now: number, staleMs: number): Finding | undefined {
    const { telling } = this
    return telling?.error && now - telling.at - telling.durationMs <= staleMs ? telling : undefined
  }
}

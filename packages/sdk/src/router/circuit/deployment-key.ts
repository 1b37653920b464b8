import { createHash } from 'node:crypto'
import type { Deployment } from '../../types/deployment.ts'

/** Tells apart what rests by itself, on every replica alike: a deployment, or one model of a wildcard's. */
export function deploymentKey({ id, model }: Deployment): string {
  return `deployment:${createHash('sha256').update(`${id}\0${model}`).digest('base64url')}`
}

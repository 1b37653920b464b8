import type { Credentials } from '../../../credentials/credentials.ts'

/** `x-api-key: KEY`, of servers of agents that may also run without one. */
export function agentKey(env: readonly string[]): Credentials {
  return {
    env,
    required: false,
    sign(request, secret) {
      if (secret) request.headers['x-api-key'] = secret
    },
  }
}

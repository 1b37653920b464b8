import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { eventually } from '../eventually.ts'
import { member, type Rig, startRig } from '../gateway.ts'
import { openTestDatabase } from '../test-database.ts'
import { send } from './send.ts'

/** The team's own model, under the name that LiteLLM gives its group. */
const GROUP = 'model_name_red_7f3a'

describe.each(['SQLite', 'two gateways on PostgreSQL'] as const)('teams on %s', place => {
  /** What is changed on `one` is called on `two`. */
  let one: Rig
  let two: Rig
  const keys: Record<string, string> = {}

  beforeAll(async () => {
    const closing: (() => Promise<void>)[] = []
    const database = place === 'SQLite' ? undefined : await openTestDatabase()
    if (database) closing.push(() => database.close())
    const config = database === undefined ? {} : { general_settings: { database_url: database.url } }
    one = await startRig({ config })
    const { upstream } = one
    // The deployment of a team needs an upstream that is known by now, so the gateway that calls is always the second.
    const own = { team_id: 'red', team_public_model_name: 'house-model' }
    const models = [member(upstream, GROUP, 'red-house', {}, own)]
    if (database === undefined) await one.close()
    two = await startRig({
      ...{ config, models },
      ...(database && { upstream, env: { LITELLM_MASTER_KEY: one.gateway.masterKey } }),
    })
    if (database === undefined) one = two
    closing.unshift(() => two.close())
    if (one !== two) closing.unshift(() => one.close())
    return async () => {
      for (const close of closing) await close()
    }
  }, 60_000)
})

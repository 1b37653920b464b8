import { randomBytes, randomUUID } from 'node:crypto'
import { startBudgetReset } from '../budget-reset.ts'
import type { Job } from '../repeat.ts'
import { startRowSync } from '../row-sync.ts'
import type { JobServices } from '../start-jobs.ts'
import { startKeyRotation } from './key-rotation.ts'

type KeyJobServices = Pick<
  JobServices,
  'database' | 'keys' | 'accounts' | 'audit' | 'deliver' | 'log' | 'settings'
> & { readonly onError: (error: unknown) => void }

/** What keeps keys and the people behind them up to date. */
export function startKeyJobs(services: KeyJobServices): readonly Job[] {
  const { database, keys, accounts, settings, onError } = services
  return [
    startRowSync({ rows: keys, onError }),
    startRowSync({ rows: accounts, onError }),
    startBudgetReset({ database, keys, accounts, timezone: () => settings().limits.timezone, onError }),
    startKeyRotation({
      ...{ ...services, randomBytes, replica: randomUUID() },
      settings: () => settings().keys.rotation,
    }),
  ]
}

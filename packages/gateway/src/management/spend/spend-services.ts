import type { Database } from '../../db/database.ts'
import type { AccessServices } from '../protect-routes.ts'

/** What the routes of spend work with. */
export interface SpendServices extends AccessServices {
  readonly database: Pick<Database, 'spend' | 'reports' | 'keys' | 'accounts' | 'upkeep'>
}

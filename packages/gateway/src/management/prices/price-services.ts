import type { Catalogue, RouteTable } from 'sluice/internal'
import type { PriceDesk } from '../../spend/price-desk.ts'
import type { Audit } from '../audit/audit-log.ts'
import type { AccessServices } from '../protect-routes.ts'

/** What the routes of prices work with. */
export interface PriceServices extends AccessServices {
  readonly prices: PriceDesk
  readonly audit: Pick<Audit, 'record'>
  readonly stages: () => { readonly catalogue: Catalogue; readonly routes: RouteTable }
}

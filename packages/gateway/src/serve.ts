import { type EndpointName, openRecord } from 'sluice/internal'
import { authorizeRoute } from './auth/authorize-route.ts'
import type { Reservation } from './limits/limiter.ts'
import { claimOf } from './steps/claim.ts'
import type { Client } from './steps/client.ts'
import { closeRecord } from './steps/close-record.ts'
import { Delivery } from './steps/delivery.ts'
import { entitle } from './steps/entitle.ts'
import { forWhom } from './steps/for-whom.ts'
import type { InferenceRequest } from './steps/inference-request.ts'
import type { Stages } from './steps/stages.ts'
import { tellEnd, tellStart } from './steps/tell-callbacks.ts'
import { understand } from './steps/understand.ts'

/**
 * The staircase: down to the provider and back up the same steps. Lives as long as the stream does and never rejects:
 * whatever happens the reservation is settled, the record posted, and the client told, in this order: each of these
 * steps is taken whatever became of the one before. The client's last byte comes after the books are closed, so an
 * answer that arrived whole is an answer that was written down.
 */
export async function serve<E extends EndpointName>(
  request: InferenceRequest<E>,
  client: Client,
  stages: Stages,
): Promise<void> {
  const record = openRecord({ ...request.open, requestedModel: request.model ?? '' })
  const delivery = new Delivery(request, client, record, stages.faults)
  let reservation: Reservation | undefined
  let promptTokens = 0
  tellStart(record, stages)
  try {
    const found = await stages.authenticate(request.credential, request.origin)
    authorizeRoute(found, { path: request.route, access: request.access })
    stages.ledger.admit()
    const asked = await understand(request, found, record, stages.settings)
    const caller = entitle(found, asked, record, stages)
    const call = await forWhom(asked, record, stages)
    const claim = claimOf(call.asked, request, caller, record.startedAt, stages, call.named)
    promptTokens = claim.inputTokens
    reservation = await stages.limiter.reserve(claim)
    const reply = await stages.routes.run({ ...call.asked.route, record, signal: client.signal })
    await delivery.deliver(reply, asked.request, reservation, promptTokens)
    record.status = 'success'
  } catch (error) {
    delivery.fail(error, reservation)
  }
  closeRecord(record, delivery.meter, promptTokens, request.hints.explain === true, stages)
  try {
    await reservation?.settle(record)
  } catch (error) {
    stages.faults.note('settle', error, record.id)
  }
  tellEnd(record, stages)
  try {
    await stages.ledger.post(record)
  } catch (error) {
    stages.faults.note('ledger', error, record.id)
  }
  delivery.finish()
}

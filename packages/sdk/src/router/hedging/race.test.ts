import { expect, test } from 'vitest'
import type { Reply } from '../../steps/reply.ts'
import type { AttemptCancel } from '../attempt/attempt-cancel.ts'
import type { Ticket } from '../load/ticket.ts'
import type { Visit } from '../visit.ts'
import { race } from './race.ts'

test('a choice of the second place that goes wrong fails the call, and nothing else', async () => {
  const visit = { trip: { signal: undefined, route: { record: {} } }, isHopeless: () => true }
  let first: AttemptCancel | undefined
  const racing = race({} as Ticket, visit as unknown as Visit<'chat'>, {
    make(_ticket, { cancel }) {
      first = cancel
      return new Promise<Reply<'chat'>>(() => {})
    },
    delayMs: 1,
    spare() {
      throw new TypeError('it went wrong')
    },
  })
  await expect(racing).rejects.toThrow('it went wrong')
  expect(first).toMatchObject({ aborted: true, lost: true })
})

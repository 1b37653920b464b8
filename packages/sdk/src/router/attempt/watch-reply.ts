import type { Reply } from '../../steps/reply.ts'
import type { Push } from '../../transport/prime.ts'
import type { EndpointName } from '../../types/endpoint-map.ts'
import type { Meter } from '../../types/meter.ts'

/** How a reply ended: with an error of the provider's side, or without. Called once. */
export type ReplyEnd = (meter: Meter, error?: unknown) => void

/** Sees to it that the end of a reply is heard: at once for a whole one, with the last byte or the abort of a stream. */
export function watchReply<E extends EndpointName>(reply: Reply<E>, onEnd: ReplyEnd): Reply<E> {
  if (reply.kind !== 'stream' && reply.kind !== 'relay-stream') {
    onEnd(reply.meter)
    return reply
  }
  let over = false
  const end = (error?: unknown) => {
    if (over) return
    over = true
    onEnd(reply.meter, error)
  }
  const { pump } = reply
  const watched = async (push: Push<never>) => {
    let ours = false
    const guarded: Push<never> = item => {
      const failed = (error: unknown) => {
        // Whoever reads broke down, which says nothing about the provider.
        ours = true
        throw error
      }
      try {
        const taken = push(item)
        return taken && taken.catch(failed)
      } catch (error) {
        return failed(error)
      }
    }
    try {
      await (pump as (push: Push<never>) => Promise<void>)(guarded)
      end()
    } catch (error) {
      end(ours ? undefined : error)
      throw error
    }
  }
  const abort = () => {
    reply.abort()
    end()
  }
  return { ...reply, pump: watched as typeof pump, abort } as Reply<E>
}

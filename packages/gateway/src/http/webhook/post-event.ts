import { createHmac } from 'node:crypto'

const MOST_MS = 10_000

/**
 * Posts an event as JSON. With a secret, `x-sluice-signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256 of
 * `<seconds>.<body>`. Rejects unless it was answered with 2xx within ten seconds; follows no redirect.
 */
export async function postEvent(
  { url, secret }: { readonly url: string; readonly secret: string | undefined },
  event: object,
): Promise<void> {
  const body = JSON.stringify(event)
  const time = Math.floor(Date.now() / 1000)
  const signature = secret && createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature && { 'x-sluice-signature': `t=${time},v1=${signature}` }),
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(MOST_MS),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`)
}

import type { RunningGateway } from '@sluice/testkit'

/** A row of `/spend/logs`, as far as these tests read it. */
export interface SpendLog {
  readonly request_id: string
  readonly spend: number
  readonly status: string
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Every spend row of a key. */
export async function rowsOf(gateway: RunningGateway, key: string): Promise<readonly SpendLog[]> {
  const rows: SpendLog[] = []
  for (let page = 1; ; page++) {
    const path = `/spend/logs?summarize=false&size=1000&page=${page}&api_key=${key}`
    const found = await adminJson<SpendLog[]>(gateway, path)
    rows.push(...found)
    if (found.length < 1000) return rows
  }
}

/** Nano-dollars a key has spent, as its row says; the exact sum has no rounding to hide in. */
export async function spendOf(gateway: RunningGateway, key: string): Promise<number> {
  const { info } = await adminJson<{ info: { spend: number } }>(gateway, `/key/info?key=${key}`)
  return nano(info.spend)
}

export function sumOf(rows: readonly SpendLog[]): number {
  return rows.reduce((sum, row) => sum + nano(row.spend), 0)
}

function nano(usd: number): number {
  return Math.round(usd * 1e9)
}

async function adminJson<T>(gateway: RunningGateway, path: string): Promise<T> {
  const response = await fetch(`${gateway.url}${path}`, {
    headers: { authorization: `Bearer ${gateway.masterKey}` },
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

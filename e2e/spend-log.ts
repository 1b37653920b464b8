import { eventually } from './eventually.ts'
import type { Rig } from './gateway.ts'

/** A row of `/spend/logs`, as far as the tests read it. */
export interface SpendLog {
  readonly request_id: string
  readonly call_type: string
  readonly api_key: string
  /** Null when the price is unknown. */
  readonly spend: number | null
  readonly total_tokens: number
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly model: string
  readonly model_group: string
  readonly model_id: string
  readonly custom_llm_provider: string
  readonly end_user: string
  readonly request_tags: readonly string[]
  readonly status: 'success' | 'failure'
  /** What has no column of its own; what does not apply is absent. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly [column: string]: unknown
}

/** The row of one call, once the database has it. */
export async function spendLog(rig: Rig, call: Response | string): Promise<SpendLog> {
  const id = typeof call === 'string' ? call : call.headers.get('x-litellm-call-id')
  const read = async () => (await readLogs(rig, `request_id=${id}`))[0]
  return (await eventually(`a spend row for ${id}`, read)) as SpendLog
}

/** A key's rows, once there are `count` of them. */
export async function spendLogs(rig: Rig, key: string, count: number): Promise<readonly SpendLog[]> {
  return (await eventually(`${count} spend rows`, async () => {
    const rows = await readLogs(rig, `api_key=${key}&size=1000`)
    return rows.length >= count && rows
  })) as readonly SpendLog[]
}

async function readLogs(rig: Rig, query: string): Promise<readonly SpendLog[]> {
  return (await (await rig.admin(`/spend/logs?${query}`)).json()) as readonly SpendLog[]
}

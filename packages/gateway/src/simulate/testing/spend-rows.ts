import { createCatalogue } from 'sluice/internal'
import { loadText } from '../../config/testing/load-text.ts'
import type { SimulationReport } from '../report/report.ts'
import { type Candidacy, simulate } from '../simulate.ts'
import { seeded } from '../world/luck.ts'

export const START = Date.parse('2026-11-21T08:00:00Z')

export interface RowFacts {
  /** Milliseconds after `START`. */
  readonly at?: number
  readonly ms?: number
  readonly firstMs?: number
  readonly group?: string
  readonly id?: string
  readonly model?: string
  readonly status?: number
  readonly errorClass?: string
  readonly metadata?: object
  readonly columns?: object
}

let count = 0

/** A row as `/spend/logs` answers it: 1,000 tokens in, 200 out. */
export function spendRow(facts: RowFacts = {}): Record<string, unknown> {
  const { at = 0, ms = 500, firstMs, group = 'main', id = 'a', model = 'gpt-4o', status, errorClass } = facts
  const iso = (time: number) => new Date(START + time).toISOString()
  const isFailed = status !== undefined
  const usage = { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 }
  const counts = isFailed ? { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } : usage
  return {
    ...{ request_id: `r-${count++}`, call_type: 'acompletion', api_key: 'hash', ...counts },
    ...{ spend: isFailed ? 0 : 0.0045, startTime: iso(at), endTime: iso(at + ms) },
    completionStartTime: firstMs === undefined ? null : iso(at + firstMs),
    ...{ model, model_id: id, model_group: group, custom_llm_provider: 'openai' },
    ...{ api_base: `https://${id}.example.com/v1`, cache_hit: 'False', request_tags: ['team:a'] },
    status: isFailed ? 'failure' : 'success',
    ...{ messages: {}, response: {} },
    metadata: {
      ...(isFailed
        ? {
            error_information: {
              error_code: String(status),
              error_class: errorClass ?? classOf(status),
              llm_provider: 'openai',
            },
          }
        : { usage_object: usage }),
      ...facts.metadata,
    },
    ...facts.columns,
  }
}

function classOf(status: number): string {
  return status === 429 ? 'RateLimitError' : 'InternalServerError'
}

export interface Traffic {
  readonly calls: number
  /** Milliseconds between two calls. */
  readonly everyMs?: number
  /** Who is asked: one of these, by turns of chance. */
  readonly ids: readonly string[]
  readonly of: (id: string, index: number, random: () => number) => RowFacts
}

/** Rows of a while in which some deployments share the traffic evenly. */
export function trafficOf({ calls, everyMs = 100, ids, of }: Traffic): Record<string, unknown>[] {
  const random = seeded(3)
  return Array.from({ length: calls }, (_, index) => {
    const id = ids[Math.floor(random() * ids.length)] as string
    return spendRow({ at: index * everyMs, id, ...of(id, index, random) })
  })
}

/** A deployment of the group `main` as a line of a configuration; dollars for a million tokens. */
export function deploymentLine(
  id: string,
  over: { group?: string; model?: string; input?: number; output?: number; weight?: number } = {},
): string {
  const { group = 'main', model = 'openai/gpt-4o', input = 2.5, output = 10, weight } = over
  const params = {
    model,
    api_base: `https://${id}.example.com/v1`,
    api_key: `key-${id}`,
    ...(weight && { weight }),
  }
  const info = { id, input_cost_per_token: input / 1e6, output_cost_per_token: output / 1e6 }
  return `  - ${JSON.stringify({ model_name: group, litellm_params: params, model_info: info })}`
}

/** A configuration of these deployments. */
export async function candidacyOf(
  lines: readonly string[],
  router: object = {},
  name = 'new.yaml',
): Promise<Candidacy> {
  const text = `model_list:\n${lines.join('\n')}\nrouter_settings: ${JSON.stringify(router)}\n`
  const { settings } = await loadText(text)
  return { name, settings, catalogue: createCatalogue() }
}

/** The rows as a file of JSON Lines, in pieces. */
export async function* fileOf(rows: readonly unknown[]): AsyncGenerator<Buffer> {
  for (const row of rows) yield Buffer.from(`${JSON.stringify(row)}\n`)
}

export function simulated(
  rows: readonly unknown[],
  config: Candidacy,
  baseline?: Candidacy,
  seed = 1,
): Promise<SimulationReport> {
  return simulate({ log: fileOf(rows), config, baseline, seed })
}

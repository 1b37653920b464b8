import type { CostTerms } from 'sluice/internal'
import type { PriceSettings, SpendSettings } from '../settings.ts'
import type { SettingsParts } from './build-settings.ts'
import { defaults } from './defaults.ts'
import { milliseconds } from './units.ts'

const NANO_PER_DOLLAR = 1e9

/** Where spend is written, how long it is kept, and what tags calls. */
export function buildSpend({ file, variables }: SettingsParts): Omit<SpendSettings, 'sinks'> {
  const { general_settings: general, litellm_settings: litellm } = file
  return {
    flushMs:
      milliseconds(general?.proxy_batch_write_at ?? variables.PROXY_BATCH_WRITE_AT) ?? defaults.flushMs,
    retention: general?.maximum_spend_logs_retention_period,
    retentionInterval: general?.maximum_spend_logs_retention_interval ?? '1d',
    tagHeaders: (litellm?.extra_spend_tag_headers ?? []).map(name => name.toLowerCase()),
    tagUserAgent: !(litellm?.disable_add_user_agent_to_request_tags ?? false),
    refuseClientTags: general?.reject_clientside_metadata_tags ?? false,
  }
}

export function buildPrices({ file, variables }: SettingsParts): PriceSettings {
  const { cost_discount_config: discounts, cost_margin_config: margins } = file.litellm_settings ?? {}
  return {
    file: variables.SLUICE_PRICE_FILE ?? variables.LITELLM_MODEL_COST_MAP_URL,
    terms: { discounts: discounts ?? new Map(), margins: marginsOf(margins ?? new Map()) },
  }
}

type Margin =
  | number
  | { readonly percentage?: number | undefined; readonly fixed_amount?: number | undefined }

/** Margins in our own words: shares and nano-dollars. */
export function marginsOf(margins: ReadonlyMap<string, Margin>): CostTerms['margins'] {
  const entries = [...margins].map(([provider, given]) => {
    const { percentage = 0, fixed_amount: fixed = 0 } =
      typeof given === 'number' ? { percentage: given } : given
    return [provider, { margin: percentage, marginNanoUsd: Math.round(fixed * NANO_PER_DOLLAR) }] as const
  })
  return new Map(entries)
}

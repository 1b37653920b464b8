import type { LitellmSource } from '../../db/litellm/source.ts'
import { decrypt } from './decrypt.ts'

/** A deployment as the configuration has it. */
export interface CopiedModel {
  readonly model_name: string
  readonly litellm_params: Readonly<Record<string, unknown>>
  readonly model_info: Readonly<Record<string, unknown>>
}

export interface CopiedModels {
  readonly models: readonly CopiedModel[]
  /** Names of those with a value that could not be decrypted; they are not among the models. */
  readonly sealed: readonly string[]
}

/**
 * Models of LiteLLM's database. Texts among their parameters are encrypted there, by most releases all of them;
 * without the salt key those are not read.
 */
export async function readModels(source: LitellmSource, saltKey: string | undefined): Promise<CopiedModels> {
  const models: CopiedModel[] = []
  const sealed: string[] = []
  for await (const rows of source.pages('ProxyModelTable', ['model_id'])) {
    for (const row of rows) {
      const name = row.text('model_name') ?? row.text('model_id') ?? ''
      const params = opened(row.object('litellm_params'), saltKey)
      const info = { ...row.object('model_info'), id: row.text('model_id') }
      if (params === undefined) sealed.push(name)
      else models.push({ model_name: name, litellm_params: params, model_info: info })
    }
  }
  return { models, sealed }
}

function opened(
  params: Readonly<Record<string, unknown>>,
  saltKey: string | undefined,
): Record<string, unknown> | undefined {
  const open: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== 'string' || !looksSealed(value)) {
      open[name] = value
      continue
    }
    const text = saltKey === undefined ? undefined : decrypt(value, saltKey)
    if (text === undefined) return undefined
    open[name] = text
  }
  return open
}

/** Plain texts are hardly ever that long without a character that no ciphertext has. */
function looksSealed(value: string): boolean {
  if (/^v[23]:gcm:/.test(value)) return true
  return /^[\w+/-]+=*$/.test(value) && Buffer.from(value, 'base64url').length >= LEAST_BYTES
}

/** Of a secret box: nonce and tag. */
const LEAST_BYTES = 40

/** The last word of a field's name says that its value is a secret: `api_key`, `clientSecret`, `aws_session_token`. */
const SECRET_NAME =
  /(^|[_.-])(api_?keys?|keys?|passwords?|passwd|passphrase|secrets?|tokens?|credentials?|credential_values|authorization|cookies?|salt|dsn)$/i
/** Names that end like a secret and hold none. */
const OPEN_NAMES = /(^|_)(public_key|cache_key|sort_key|partition_key|kms_key|key_name|id_token_claims)$/i
/** SHA-256 or a longer digest, in hex: what stands for a secret and is none. */
const HASH = /^[0-9a-f]{64,128}$/i
/** Keys of ours and of vendors, wherever they stand in a text. */
const KEY_IN_TEXT = /\bsk-[A-Za-z0-9_-]{8,}/g
/** Bounded, so that no text takes long. A password in an address: `https://user:password@host`. */
const PASSWORD_IN_URL = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,256}):[^\s/@]{1,1024}@/gi
const BEARER = /\b(Bearer|Basic)\s{1,8}[A-Za-z0-9._~+/=-]{8,}/g

const MASK = '[masked]'

/**
 * A copy of plain data in which no secret is left: values under names that mean one, keys and passwords inside texts.
 * Hashes stay, names of the environment (`os.environ/…`) too. Masks too much rather than too little.
 */
export function withoutSecrets(value: unknown): unknown {
  return masked(value, false, 0)
}

/** Deeper than any object of ours; what lies below is left out. */
const MOST_DEPTH = 32

function masked(value: unknown, isSecret: boolean, depth: number): unknown {
  if (typeof value === 'string') return isSecret ? maskedSecret(value) : maskedText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > MOST_DEPTH) return MASK
  if (Array.isArray(value)) return value.map(item => masked(item, isSecret, depth + 1))
  const json = (value as { toJSON?: unknown }).toJSON
  if (typeof json === 'function') return masked(json.call(value), isSecret, depth + 1)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      maskedText(name),
      masked(item, isSecret || isSecretName(name), depth + 1),
    ]),
  )
}

function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
  return SECRET_NAME.test(words) && !OPEN_NAMES.test(words)
}

function maskedSecret(text: string): string {
  return text === '' || HASH.test(text) || text.startsWith('os.environ/') ? text : MASK
}

function maskedText(text: string): string {
  return text
    .replace(KEY_IN_TEXT, key => `sk-...${key.slice(-4)}`)
    .replace(PASSWORD_IN_URL, `$1:${MASK}@`)
    .replace(BEARER, `$1 ${MASK}`)
}

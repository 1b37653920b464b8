import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const FORM = /^v1:([A-Za-z0-9_-]{16}):([A-Za-z0-9_-]{22,})$/
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Which value of which credential; what was sealed for one place does not open at another. */
export interface SealedPlace {
  readonly credential: string
  readonly field: string
}

/**
 * Seals values for the database with AES-256-GCM: `v1:nonce:ciphertext and tag`, the latter two base64url. The key is
 * derived from a secret by HKDF-SHA-256.
 */
export class Sealer {
  readonly #key: Buffer

  /** `secret`: the salt key, or the master key. */
  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'sluice-credentials-v1', 32))
  }

  seal(value: unknown, place: SealedPlace): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(additionalData(place))
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
    const body = Buffer.concat([sealed, cipher.getAuthTag()])
    return `v1:${nonce.toString('base64url')}:${body.toString('base64url')}`
  }

  /** Undefined when it was sealed with another key or for another place, or was changed. */
  open(sealed: string, place: SealedPlace): unknown {
    const [, nonce, text] = FORM.exec(sealed) ?? []
    if (nonce === undefined || text === undefined) return undefined
    const body = Buffer.from(text, 'base64url')
    const decipher = createDecipheriv(CIPHER, this.#key, Buffer.from(nonce, 'base64url'), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(additionalData(place)).setAuthTag(body.subarray(-TAG_BYTES))
    try {
      const plain = Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()])
      return JSON.parse(plain.toString('utf8')) as unknown
    } catch {
      // The cipher says no more than that it does not fit.
      return undefined
    }
  }
}

function additionalData({ credential, field }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([credential, field]))
}

import { createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'

const GCM = /^(v2|v3):gcm:(.+)$/
const NONCE_BYTES = { gcm: 12, box: 24 } as const
const TAG_BYTES = 16

/**
 * What LiteLLM encrypted with its salt key (`LITELLM_SALT_KEY`, else the master key), in any of its three ways:
 * AES-256-GCM with a derived key (`v3:gcm:`) or a hashed one (`v2:gcm:`), and NaCl's secret box. Undefined when it was
 * encrypted with another key, or not at all.
 */
export function decrypt(value: string, saltKey: string): string | undefined {
  try {
    const [, version, rest] = GCM.exec(value) ?? []
    const bytes = Buffer.from(rest ?? value, 'base64url')
    const key =
      version === 'v3'
        ? Buffer.from(hkdfSync('sha256', saltKey, '', 'litellm-at-rest-v3', 32))
        : createHash('sha256').update(saltKey).digest()
    return version === undefined ? openBox(bytes, key) : openGcm(bytes, key)
  } catch {
    // Neither says more than that it does not fit: it was another key, or plain text.
    return undefined
  }
}

function openGcm(bytes: Buffer, key: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES.gcm))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const plain = decipher.update(bytes.subarray(NONCE_BYTES.gcm, -TAG_BYTES))
  return Buffer.concat([plain, decipher.final()]).toString('utf8')
}

function openBox(bytes: Buffer, key: Buffer): string {
  const box = xsalsa20poly1305(key, bytes.subarray(0, NONCE_BYTES.box))
  return Buffer.from(box.decrypt(bytes.subarray(NONCE_BYTES.box))).toString('utf8')
}

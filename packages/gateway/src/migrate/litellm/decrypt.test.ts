import { createCipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { expect, test } from 'vitest'
import { decrypt } from './decrypt.ts'

const salt = 'sk-salt'
const hashed = createHash('sha256').update(salt).digest()

function gcm(text: string, key: Buffer): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
}

test('all three ways in which LiteLLM encrypts are read', () => {
  const derived = Buffer.from(hkdfSync('sha256', salt, '', 'litellm-at-rest-v3', 32))
  const nonce = randomBytes(24)
  const box = Buffer.concat([nonce, xsalsa20poly1305(hashed, nonce).encrypt(Buffer.from('sk-ü'))])
  expect(decrypt(`v3:gcm:${gcm('sk-ü', derived)}`, salt)).toBe('sk-ü')
  expect(decrypt(`v2:gcm:${gcm('sk-ü', hashed)}`, salt)).toBe('sk-ü')
  expect(decrypt(box.toString('base64url'), salt)).toBe('sk-ü')
  expect(decrypt(box.toString('base64'), salt)).toBe('sk-ü')
})

test('what is of another key, or no ciphertext at all, is not read', () => {
  for (const text of [`v2:gcm:${gcm('x', hashed)}`, 'openai/gpt-4o', '', 'https://api.example.com'])
    expect(decrypt(text, 'sk-other')).toBeUndefined()
})

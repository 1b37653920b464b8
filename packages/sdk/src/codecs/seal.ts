import { hash } from 'node:crypto'
import type { Deployment } from '../types/deployment.ts'

/** Enough to tell some thousands of credentials apart, too little to say anything of them. */
const CHARACTERS = 8

/**
 * Who can open what a deployment seals: its organization at its address, or its key where it states none. Eight
 * characters of a hash.
 */
export function sealOf({ provider, apiBase, organization, apiKey }: Deployment): string {
  const who = JSON.stringify([provider, apiBase, organization ?? apiKey])
  return hash('sha256', who, 'base64url').slice(0, CHARACTERS)
}

/** Who sealed a signature of the hub (`format@seal:…`); undefined for those that anybody can open, or nobody knows of. */
export function sealIn(signature: unknown): string | undefined {
  return typeof signature === 'string' ? SEALED.exec(signature)?.[1] : undefined
}

const SEALED = /^[a-z-]+@([\w-]{8}):/

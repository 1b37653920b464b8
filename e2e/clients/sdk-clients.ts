import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import type { Rig } from '../gateway.ts'

// The vendors' own clients, pointed at the gateway; apart from it because loading them takes a second.

export function openaiClient(rig: Rig, apiKey = rig.gateway.masterKey): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
}

export function anthropicClient(rig: Rig, apiKey = rig.gateway.masterKey): Anthropic {
  return new Anthropic({ apiKey, baseURL: rig.gateway.url, maxRetries: 0 })
}

export function googleClient(rig: Rig, apiKey = rig.gateway.masterKey): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: rig.gateway.url } })
}

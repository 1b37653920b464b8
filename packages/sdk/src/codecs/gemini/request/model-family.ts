/** The generation in a model's name (`gemini-2.5-pro` → 2.5); `undefined` where the name does not say. */
export function generationOf(model: string): number | undefined {
  const match = /gemini-(\d+(?:\.\d+)?)/.exec(model)
  return match ? Number(match[1]) : undefined
}

/** Gemini 3 and later: signatures required on function calls, media inside function responses, thinking levels. */
export function isGemini3(model: string): boolean {
  return (generationOf(model) ?? 0) >= 3
}

/** Gemini 2 and later take JSON Schema; before, and for Gemma, only Google's `Schema` dialect is safe. */
export function takesJsonSchema(model: string): boolean {
  return (generationOf(model) ?? 2) >= 2 && !model.includes('gemma')
}

/** The model as a resource: `models/x`, unless it already names its collection. */
export function resourceName(model: string): string {
  return model.includes('/') ? model : `models/${model}`
}

/** Penalties that Gemini 3 and later refuse; strictness decides what becomes of them. */
export function penaltyRules(model: string): Readonly<Record<string, 'refuse'>> | undefined {
  return isGemini3(model) ? { frequency_penalty: 'refuse', presence_penalty: 'refuse' } : undefined
}

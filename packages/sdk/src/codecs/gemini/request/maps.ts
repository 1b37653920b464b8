import { isJsonObject, type JsonObject } from '../../../types/json.ts'

interface Placed {
  readonly tools: JsonObject[] | undefined
  /** `toolConfig.retrievalConfig`, where Google itself has the place. */
  readonly place: JsonObject | undefined
}

/**
 * LiteLLM's users write where they are into the tool: `{googleMaps: {latitude, longitude, languageCode}}`.
 * Source: https://ai.google.dev/gemini-api/docs/maps-grounding
 */
export function takePlace(tools: JsonObject[] | undefined): Placed {
  let place: JsonObject | undefined
  const taken = tools?.map(tool => {
    if (!isJsonObject(tool.googleMaps)) return tool
    const { latitude, longitude, languageCode, language_code, ...googleMaps } = tool.googleMaps
    const language = languageCode ?? language_code
    if (latitude === undefined && longitude === undefined && language === undefined) return tool
    place = {
      ...(latitude !== undefined && { latLng: { latitude, longitude } }),
      ...(language !== undefined && { languageCode: language }),
    }
    return { ...tool, googleMaps }
  })
  return { tools: taken, place }
}

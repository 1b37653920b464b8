import { badRequest } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'
import type { SpeechRequest } from '../../types/speech.ts'
import type { CallInfo } from '../codec.ts'

/**
 * The vendor's voice: its own name, or what stands for one of OpenAI's, of which the first speaks where nothing is
 * said. An object names a voice by `key`.
 */
export function voiceOf(
  { voice }: SpeechRequest,
  voices: Readonly<Record<string, string>>,
  info: CallInfo,
  key = 'id',
): string {
  const named = isJsonObject(voice) ? (voice[key] ?? voice.id ?? voice.name) : voice
  if (named == null && !isJsonObject(voice)) return Object.values(voices)[0] ?? ''
  if (typeof named !== 'string' || named === '')
    throw badRequest(`voice: must be the name of a voice, or an object with "${key}".`, 'voice')
  const known = Object.hasOwn(voices, named) ? voices[named] : undefined
  if (known !== undefined && known !== named)
    info.warn({ action: 'approximated', param: 'voice', reason: `${named} is OpenAI's; ${known} speaks` })
  return known ?? named
}

import type { CallInfo } from '../../codec.ts'
import { betasHeardBy, type ClaudePlatform } from './betas.ts'

const HEADER = 'anthropic-beta'

/** A client's own `anthropic-beta` in the platform's names; one that a platform does not know would refuse the request. */
export function clientBetasOn(platform: ClaudePlatform) {
  return (headers: Readonly<Record<string, string>>, info: CallInfo): Readonly<Record<string, string>> => {
    const { [HEADER]: given, ...others } = headers
    if (given === undefined) return headers
    const asked = given.split(',').map(beta => beta.trim())
    const heard = betasHeardBy(platform, asked.filter(Boolean), info.warn)
    return heard.length > 0 ? { ...others, [HEADER]: heard.join(',') } : others
  }
}

import type { ClaudePlatform } from './request/betas.ts'

/**
 * Which `http(s)` media a platform does not fetch itself: Bedrock and Vertex AI take bytes only, the others refuse
 * addresses that are not encrypted. Source: https://platform.claude.com/docs/en/build-with-claude/vision
 */
export function inlinesOn(platform: ClaudePlatform): (url: string) => boolean {
  if (platform === 'bedrock' || platform === 'vertex') return () => true
  return url => url.startsWith('http://')
}

/** The provider's own id: without our `provider/` prefix and without Gemini's `models/`. */
export function plainName(provider: string, model: string): string {
  let name = model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model
  if (name.startsWith('models/')) name = name.slice('models/'.length)
  return name
}

/** A release of a model: a date, `-latest`, or a version as clouds write it (`@20240620`, `-v1:0`). */
const RELEASE = /(?:[-@]20\d{6}|-20\d{2}-\d{2}-\d{2}|[-@]latest|@default)$/
const CLOUD_VERSION = /-v\d+(?::\d+){0,2}$/

/** The name without its release, or the name itself: `gpt-4o-2024-08-06` → `gpt-4o`. */
export function undated(name: string): string {
  return name.replace(CLOUD_VERSION, '').replace(RELEASE, '')
}

/** Cloud regions and vendors before a model id: `us.anthropic.claude-…`. */
const VENDORS = /^(?:[a-z]+(?:-[a-z]+)*\.)+(?=[a-z])/

/**
 * The names under which the same model is known everywhere, most exact first:
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0` → … `claude-sonnet-4-5`.
 */
export function familyNames(model: string): readonly string[] {
  const last = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  const bare = last.replace(VENDORS, '')
  const release = undated(bare)
  return [...new Set([last, bare, release, release.replace(/(\d)\.(\d)/g, '$1-$2')])]
}

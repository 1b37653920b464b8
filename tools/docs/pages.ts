import { withReference } from '../../packages/gateway/src/config/config-reference.ts'
import { accessReference } from './access-reference.ts'
import { endpointReference } from './endpoint-reference.ts'
import { errorReference } from './error-reference.ts'
import { failureReference } from './failure-reference.ts'
import { withGeneratedPart } from './generated-part.ts'
import { metricReference } from './metric-reference.ts'
import { providerReference } from './provider-reference.ts'

/** A page of docs/reference that is written, in part, from the code. */
export interface Page {
  readonly name: string
  /** The page's text as it should be. */
  rewrite(text: string): string | Promise<string>
}

export const pages: readonly Page[] = [
  { name: 'config.md', rewrite: withReference },
  page('access.md', accessReference),
  page('endpoints.md', endpointReference),
  page('errors.md', errorReference),
  page('failure.md', failureReference),
  page('metrics.md', metricReference),
  page('providers.md', providerReference),
]

/** Where a page lies. */
export function urlOf({ name }: Page): URL {
  return new URL(`../../docs/reference/${name}`, import.meta.url)
}

function page(name: string, part: () => string | Promise<string>): Page {
  return { name, rewrite: async text => withGeneratedPart(text, await part()) }
}

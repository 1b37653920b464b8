import type { Units } from './units.ts'
import type { Usage } from './usage.ts'

/** What is known of a reply while it passes, enough to charge it if it breaks off. */
export interface Meter {
  /** As the provider reported it. */
  readonly usage?: Usage | undefined
  /** True while the provider has not told all of `usage` yet: output that was seen may not be counted in it. */
  readonly isPartial?: boolean | undefined
  readonly id?: string | undefined
  /** The tier that served it, in the provider's word; some cost more. */
  readonly serviceTier?: string | undefined
  /** Characters of output seen. */
  readonly textLength: number
  /** What is charged by the piece: images, seconds, characters, pages. */
  readonly units?: Units | undefined
  /** Prefixes of the model's name to look a price up under, before the plain name. */
  readonly priceVariants?: readonly string[] | undefined
}

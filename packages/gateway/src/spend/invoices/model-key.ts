/** Words of vendors' price lists that say what was used of a model, and not which. */
const KINDS =
  'input inpt inp in output outpt outp opt out cached cache cchd cch caching read write reads writes creation token tokens ' +
  'text prediction predictions thinking on off count short long ctx context global glbl gl regional regnl regn rgnl data zone ' +
  'datazone dz dzone batch flex priority standard units unit requests request model models ga 1m 1k k m mantle ' +
  'geo cross region inference foundry bedrock edition amazon vertex ai generative'
/** Who made it, or where it runs: part of some names of a model and not of others. */
const PLACES =
  'us eu apac au jp ca sa global anthropic amazon meta mistral cohere ai21 deepseek stability openai azure google qwen ' +
  'instruct latest'
const NOISE = new Set(`${KINDS} ${PLACES}`.split(' '))

/** `USE1-` before AWS's types of use. */
const REGION = /^[A-Z]{2,4}\d[-_:]/
const VERSION = /[-@]v\d+(:\d+)?(:\d+k)?$/i
const DATE = /(?<!\d)(20\d{2})[-.]?(0[1-9]|1[0-2])[-.]?(0[1-9]|[12]\d|3[01])(?!\d)/g
/** Azure names versions by month and day. */
const MONTH_AND_DAY = /^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/

/**
 * What a model's names have in common, ours and those of bills: its words in alphabetical order, without dates, regions, makers
 * and kinds of tokens. `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `USE1-Claude4.5Sonnet-input-tokens` and
 * `Claude Sonnet 4.5 (Amazon Bedrock Edition)` are `4 5 claude sonnet`.
 */
export function modelKey(name: string): string {
  const words = name
    .slice(0, MOST_NAME)
    .replace(REGION, '')
    .replace(VERSION, '')
    .replace(DATE, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/([a-z])(\d)/g, '$1 $2')
    .replace(/(\d)([a-z]{2,})/g, '$1 $2')
    .split(/[^a-z0-9]+/)
  const kept = words.filter(word => word !== '' && !NOISE.has(word) && !MONTH_AND_DAY.test(word))
  return kept.sort().join(' ')
}

const MOST_NAME = 300

import type { Control } from './control.ts'

interface Directive {
  /** `none`: no number follows; `may`: one may; `must`: one must, as in `cut-120` or `slow-200ms`. */
  readonly argument: 'none' | 'may' | 'must'
  readonly control: (argument: number) => Control
}

const filled = (textBytes: number): Control => ({ reply: { textBytes } })

const table: Readonly<Record<string, Directive>> = {
  context: { argument: 'none', control: () => ({ failure: 'context' }) },
  'content-policy': { argument: 'none', control: () => ({ failure: 'content-policy' }) },
  quota: { argument: 'none', control: () => ({ failure: 'quota' }) },
  overloaded: { argument: 'none', control: () => ({ failure: 'overloaded' }) },
  retry: { argument: 'must', control: retryAfterSeconds => ({ retryAfterSeconds }) },
  fail: { argument: 'must', control: failTimes => ({ failTimes }) },
  'error-event': { argument: 'may', control: count => ({ failAfterEvents: count || 3 }) },
  refusal: { argument: 'none', control: () => ({ reply: { text: '', finish: 'content-filter' } }) },
  empty: { argument: 'none', control: () => ({ reply: { text: '' } }) },
  length: { argument: 'none', control: () => ({ reply: { finish: 'length' } }) },
  html: {
    argument: 'none',
    control: () => ({
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
    }),
  },
  'bad-json': { argument: 'none', control: () => ({ body: '{"choices": [{"message": ' }) },
  cut: { argument: 'must', control: cutAfterBytes => ({ cutAfterBytes, cutMode: 'close' }) },
  reset: { argument: 'must', control: cutAfterBytes => ({ cutAfterBytes, cutMode: 'reset' }) },
  stall: { argument: 'must', control: cutAfterBytes => ({ cutAfterBytes, cutMode: 'hang' }) },
  hang: { argument: 'none', control: () => ({ cutBeforeHead: true, cutMode: 'hang' }) },
  hangup: { argument: 'none', control: () => ({ cutBeforeHead: true, cutMode: 'reset' }) },
  slow: { argument: 'must', control: latencyMs => ({ latencyMs }) },
  first: { argument: 'must', control: firstTokenMs => ({ firstTokenMs }) },
  interval: { argument: 'must', control: tokenIntervalMs => ({ tokenIntervalMs }) },
  chunk: { argument: 'must', control: chunkBytes => ({ chunkBytes }) },
  polls: { argument: 'must', control: runningPolls => ({ job: { runningPolls } }) },
  'job-fails': {
    argument: 'none',
    control: () => ({ job: { runningPolls: 0, error: 'The job failed as it was told to.' } }),
  },
  batch: { argument: 'must', control: eventsPerWrite => ({ eventsPerWrite }) },
  bytes: { argument: 'must', control: filled },
  events: { argument: 'must', control: events => ({ reply: { events } }) },
  'reasoning-content': {
    argument: 'none',
    control: () => ({ reply: { thinking: 'Let me think about this.' } }),
  },
}

const directives = new Map(Object.entries(table))

/** The directives in a model's name, as `testkit-slow-200ms-429` or `bench-events-10`; one control for each. */
export function modelControl(model: string): Control[] {
  const [kind, ...words] = model.split('-')
  if (kind !== 'testkit' && kind !== 'bench') return []
  const controls: Control[] = []
  while (words.length > 0) controls.push(nextControl(words))
  return controls
}

/** A model's name holds a word that is no directive. */
export class UnknownDirective extends Error {}

function nextControl(words: string[]): Control {
  const first = words.shift() ?? ''
  if (/^[45]\d\d$/.test(first)) return { status: Number(first) }
  const pair = `${first}-${words[0]}`
  const name = directives.has(pair) ? pair : first
  const directive = directives.get(name)
  if (!directive)
    throw new UnknownDirective(`The testkit knows no model directive '${first}'; its README lists them.`)
  if (name === pair) words.shift()
  const argument = directive.argument === 'none' ? undefined : /^(\d+)(?:ms)?$/.exec(words[0] ?? '')?.[1]
  if (argument !== undefined) words.shift()
  else if (directive.argument === 'must') {
    throw new UnknownDirective(`The testkit's model directive '${name}' needs a number, as in '${name}-10'.`)
  }
  return directive.control(Number(argument ?? 0))
}

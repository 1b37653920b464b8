import { readFile } from 'node:fs/promises'
import { openRecord, type SluiceError } from 'sluice/internal'
import { expect, test } from 'vitest'
import { CREDENTIAL_HEADERS } from '../../packages/gateway/src/auth/credential.ts'
import { errorHeaders, readHints, replyHeaders } from '../../packages/gateway/src/http/headers.ts'
import type { LimitSubject } from '../../packages/gateway/src/limits/limiter.ts'
import { createMemoryLimiter } from '../../packages/gateway/src/limits/memory-limiter.ts'

const page = await readFile(new URL('../../docs/reference/headers.md', import.meta.url), 'utf8')
const [requestPart = '', responsePart = ''] = page.split('\n## Response\n')

test('docs/reference/headers.md lists the request headers that are read', () => {
  const read = new Set<string>([...CREDENTIAL_HEADERS, ...ELSEWHERE])
  const headers = new Proxy({} as Record<string, string>, {
    get(_, name) {
      read.add(String(name))
      return undefined
    },
  })
  readHints(headers, undefined, { formatHeaders: ['anthropic-beta'], forwardAll: false })
  expect(documented(requestPart)).toEqual([...read].sort())
})

/** Read where the call's other hints are not: at the door, by the office, by the lists. */
const ELSEWHERE = [
  'x-litellm-call-id',
  'litellm-changed-by',
  'anthropic-version',
  'last-event-id',
  'x-goog-api-client',
  'x-pass-…',
]

test('docs/reference/headers.md lists the response headers that are sent', () => {
  expect(documented(responsePart)).toEqual([...new Set([...ofReplies(), ...ofErrors()])].sort())
})

/** Header names of an answer that has everything to tell, its price known or not. */
function ofReplies(): string[] {
  const record = openRecord({
    id: 'a',
    endpoint: 'chat',
    format: 'openai-chat',
    startedAt: 0,
    requestedModel: 'm',
  })
  const deployment = { id: 'd', group: 'g', provider: 'mock', model: 'echo', apiBase: 'http://localhost' }
  const warnings = [{ action: 'dropped', param: 'top_k', reason: '' } as const]
  const upstream = { 'x-request-id': '1' }
  const head = { reservation: reserve(), upstream, streamId: 's', explain: true }
  const known = { state: 'known', nanoUsd: 1, inputNanoUsd: 1, outputNanoUsd: 0 } as const
  const unknown = { state: 'unknown', reason: '' } as const
  return [known, unknown].flatMap(cost =>
    names(replyHeaders({ ...head, record: { ...record, deployment, warnings, cost } }, 1)).map(name =>
      name.startsWith('llm_provider-') ? 'llm_provider-…' : name,
    ),
  )
}

const SUBJECT: LimitSubject = {
  ...({ kind: 'key', id: 'k', label: 'k', rpm: 1, tpm: 10 } as const),
  budget: { maxNanoUsd: 1, spentNanoUsd: 0 },
}
const CLAIM = { now: 0, subjects: [SUBJECT], tokens: 1, nanoUsd: 1, model: 'm' }

function reserve() {
  return createMemoryLimiter().reserve(CLAIM)
}

/** Header names of a refusal by the limiter. */
function ofErrors(): string[] {
  const limiter = createMemoryLimiter({ now: () => 0 })
  const free = { ...CLAIM, nanoUsd: 0 }
  limiter.reserve(free)
  try {
    limiter.reserve(free)
  } catch (error) {
    return names(errorHeaders(error as SluiceError))
  }
  throw new Error('the second call was not refused')
}

function names(lines: readonly string[]): string[] {
  return lines.filter((_, index) => index % 2 === 0)
}

/** What stands in backticks in the first column of the tables. */
function documented(markdown: string): string[] {
  const cells = markdown
    .split('\n')
    .flatMap(line => (line.startsWith('| `') ? [line.split('|')[1] ?? ''] : []))
  return cells.flatMap(cell => cell.split('`').filter((_, index) => index % 2 === 1)).sort()
}

import { expect, test } from 'vitest'
import { sdkHost } from '../api/host.ts'
import { DIRECT } from '../api/run.ts'
import { openRecord } from '../callbacks/records.ts'
import { decodeVideoId } from '../codecs/media/video-id.ts'
import type { Deployment } from '../types/deployment.ts'
import { RouteTable } from './router.ts'

const film = (id: string): Deployment => ({ id, group: 'films', provider: 'mock', model: 'echo' })

async function answeredBy(deployments: readonly Deployment[], pin: string): Promise<string | undefined> {
  const table = new RouteTable(deployments, DIRECT, sdkHost())
  const facts = { id: 'r', endpoint: 'video_status' as const, format: 'openai-videos', startedAt: 0 }
  const reply = await table.run({
    id: 'r',
    endpoint: 'video_status',
    model: 'films',
    request: { model: 'films', video_id: 'v', deployment: pin },
    record: openRecord({ ...facts, requestedModel: 'films' }),
    clientFormat: 'openai-videos',
    strictness: { dropParams: false, additionalDropParams: [], allowedOpenaiParams: [] },
    warn() {},
  })
  if (reply.kind !== 'whole') throw new Error(reply.kind)
  return decodeVideoId(reply.response.id)?.deployment
}

test('what a deployment keeps is asked of that deployment, every time', async () => {
  const all = ['a', 'b', 'c', 'd'].map(film)
  const answers = await Promise.all(Array.from({ length: 12 }, () => answeredBy(all, 'c')))
  expect(new Set(answers)).toEqual(new Set(['c']))
})

test('a deployment that is gone is not found, rather than another asked', async () => {
  await expect(answeredBy([film('a'), film('b')], 'gone')).rejects.toMatchObject({ status: 404 })
})

test('the only deployment of a group is the one that is meant, though its id changed with its key', async () => {
  expect(await answeredBy([film('new')], 'old')).toBe('new')
})

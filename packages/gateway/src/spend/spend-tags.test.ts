import { expect, test } from 'vitest'
import { refuseClientTags, spendTagsOf } from './spend-tags.ts'

const on = { tagUserAgent: true }

test('a client is a tag by its name, and by its name and version', () => {
  expect(spendTagsOf({ userAgent: 'curl/8.5.0' }, on)).toEqual(['User-Agent: curl', 'User-Agent: curl/8.5.0'])
  expect(spendTagsOf({ userAgent: 'node' }, on)).toEqual(['User-Agent: node'])
  expect(spendTagsOf({ userAgent: 'x'.repeat(9_000) }, on)[0]).toHaveLength(132)
  expect(spendTagsOf({ userAgent: 'curl/8' }, { tagUserAgent: false })).toEqual([])
  expect(spendTagsOf({ tagged: ['blue'], userAgent: 'node' }, on)).toEqual(['blue', 'User-Agent: node'])
  expect(spendTagsOf({}, on)).toEqual([])
})

test('tags of callers are refused by where they stand, when the operator says so', () => {
  const none = { metadata: undefined, body: undefined, header: undefined }
  const refuse = { refuseClientTags: true }
  expect(() => refuseClientTags(none, refuse)).not.toThrow()
  expect(() => refuseClientTags({ ...none, body: ['x'] }, { refuseClientTags: false })).not.toThrow()
  expect(() => refuseClientTags({ ...none, metadata: [] }, refuse)).toThrow(/metadata\.tags/)
  expect(() => refuseClientTags({ ...none, body: ['x'] }, refuse)).toThrow(/^tags:/)
  expect(() => refuseClientTags({ ...none, header: ['x'] }, refuse)).toThrow(/x-litellm-tags/)
})

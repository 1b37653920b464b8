import { expect, test } from 'vitest'
import { upstreamInfo } from '../testing/call-info.ts'
import { encodeRequest } from './request.ts'

const ask = (googleMaps: object) =>
  encodeRequest(
    { model: 'm', messages: [{ role: 'user', content: 'Near me?' }], tools: [{ googleMaps } as never] },
    upstreamInfo(),
  ).body

test('where the user is goes from the tool to where Google wants it', () => {
  expect(ask({ latitude: 48.1, longitude: 11.5, languageCode: 'de', enableWidget: true })).toMatchObject({
    tools: [{ googleMaps: { enableWidget: true } }],
    toolConfig: { retrievalConfig: { latLng: { latitude: 48.1, longitude: 11.5 }, languageCode: 'de' } },
  })
})

test('a map without a place stays as it is', () => {
  const body = ask({ enableWidget: true })
  expect(body.tools).toEqual([{ googleMaps: { enableWidget: true } }])
  expect(body).not.toHaveProperty('toolConfig')
})

test('calls in pieces are not asked for', () => {
  const info = upstreamInfo()
  const { body } = encodeRequest(
    {
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      toolConfig: { functionCallingConfig: { mode: 'AUTO', streamFunctionCallArguments: true } },
    },
    info,
  )
  expect(body.toolConfig).toEqual({ functionCallingConfig: { mode: 'AUTO' } })
  expect(info.warnings).toMatchObject([{ action: 'ignored' }])
})

import { expect, test } from 'vitest'
import { bedrockModel, bedrockPath } from './bedrock-model.ts'

const ARN = 'arn:aws:bedrock:us-east-1:123456789012:imported-model/abc'

test.each([
  [
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
    'converse',
    'anthropic',
  ],
  [
    'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    'converse',
    'anthropic',
  ],
  ['converse/us.amazon.nova-pro-v1:0', 'us.amazon.nova-pro-v1:0', 'converse', 'nova'],
  [
    'invoke/anthropic.claude-3-haiku-20240307-v1:0',
    'anthropic.claude-3-haiku-20240307-v1:0',
    'invoke',
    'anthropic',
  ],
  ['us-west-2/6-month-commitment/anthropic.claude-v2:1', 'anthropic.claude-v2:1', 'converse', 'anthropic'],
  ['eu-central-1/meta.llama3-8b-instruct-v1:0', 'meta.llama3-8b-instruct-v1:0', 'converse', 'llama'],
  [`llama/${ARN}`, ARN, 'invoke', 'llama'],
  [`deepseek_r1/${ARN}`, ARN, 'invoke', 'deepseek'],
  [`qwen3/${ARN}`, ARN, 'invoke', 'qwen3'],
  [`openai/${ARN}`, ARN, 'invoke', 'openai'],
  [ARN, ARN, 'converse', 'unknown'],
  ['ai21.j2-mid-v1', 'ai21.j2-mid-v1', 'invoke', 'ai21'],
  ['invoke/cohere.command-r-plus-v1:0', 'cohere.command-r-plus-v1:0', 'invoke', 'cohere'],
  ['invoke/amazon.titan-text-express-v1', 'amazon.titan-text-express-v1', 'invoke', 'titan'],
  ['openai.gpt-oss-120b-1:0', 'openai.gpt-oss-120b-1:0', 'converse', 'openai'],
])('%s is %s by %s of %s', (model, id, route, family) => {
  expect(bedrockModel(model)).toMatchObject({ id, route, family })
})

test('ids are escaped in the path, and model_id stands in for the model', () => {
  const path = bedrockPath('converse')
  expect(path({ model: 'a.b-v1:0', deployment: {} })).toBe('/model/a.b-v1%3A0/converse')
  expect(path({ model: 'a.b', deployment: { params: { model_id: ARN } } })).toBe(
    `/model/${encodeURIComponent(ARN)}/converse`,
  )
})

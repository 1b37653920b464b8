import { anthropicMessagesOn } from '../../../codecs/anthropic-messages/codec.ts'
import { openaiChat } from '../../../codecs/openai-chat/codec.ts'
import { openaiResponses } from '../../../codecs/openai-responses/codec.ts'
import { checkedRegion } from '../../../credentials/aws/aws-region.ts'
import { aws } from '../../../credentials/aws.ts'
import type { Credentials } from '../../../credentials/credentials.ts'
import type { Binding, Provider } from '../../provider.ts'

const signed = aws({
  service: 'bedrock-mantle',
  bearerEnv: ['BEDROCK_MANTLE_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK'],
  regionOf({ params }, host) {
    const given = params?.aws_region_name
    if (typeof given === 'string' && given !== '') return checkedRegion(given)
    return checkedRegion(host.secret(['BEDROCK_MANTLE_REGION', 'AWS_REGION']) ?? 'us-east-1')
  },
})

/** As for all of AWS; Anthropic's format wants its version named too. */
const credentials: Credentials = {
  ...signed,
  sign(request, ...rest) {
    if (request.url.includes(MESSAGES)) request.headers['anthropic-version'] ??= '2023-06-01'
    return signed.sign(request, ...rest)
  },
}

const MESSAGES = '/anthropic/v1/messages'

function isClaude(model: string): boolean {
  return model.startsWith('anthropic.')
}

/** Claude speaks only Anthropic's format there, beside the version that the others' base ends in. */
const claude: Binding<'chat'> = {
  codec: anthropicMessagesOn('bedrock'),
  path: MESSAGES,
  baseUrl: base => (base.endsWith('/v1') ? base.slice(0, -'/v1'.length) : base),
  serves: isClaude,
}

/** Bedrock's OpenAI-compatible service. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html */
export const bedrockMantle: Provider = {
  name: 'bedrock_mantle',
  title: 'Amazon Bedrock Mantle',
  docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html',
  baseUrl: 'https://bedrock-mantle.{region}.api.aws/v1',
  baseUrlEnv: ['BEDROCK_MANTLE_API_BASE'],
  credentials,
  endpoints: {
    chat: [
      { codec: openaiChat, path: '/chat/completions', serves: model => !isClaude(model) },
      { codec: openaiResponses, path: '/responses', serves: model => !isClaude(model) },
      claude,
    ],
  },
  exampleModels: ['openai.gpt-oss-120b', 'openai.gpt-oss-20b', 'qwen.qwen3-coder-480b-a35b-instruct'],
}

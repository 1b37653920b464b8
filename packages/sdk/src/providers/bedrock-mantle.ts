import { openaiChat } from '../codecs/openai-chat/codec.ts'
import { aws } from '../credentials/aws.ts'
import type { Provider } from './provider.ts'

/** Bedrock's OpenAI-compatible service. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html */
export const bedrockMantle: Provider = {
  name: 'bedrock_mantle',
  title: 'Amazon Bedrock Mantle',
  docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html',
  baseUrl: 'https://bedrock-mantle.{region}.api.aws/v1',
  baseUrlEnv: ['BEDROCK_MANTLE_API_BASE'],
  credentials: aws({
    service: 'bedrock-mantle',
    bearerEnv: ['BEDROCK_MANTLE_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK'],
    regionOf({ params }, host) {
      const given = params?.aws_region_name
      if (typeof given === 'string' && given !== '') return given
      return host.secret(['BEDROCK_MANTLE_REGION', 'AWS_REGION']) ?? 'us-east-1'
    },
  }),
  endpoints: { chat: [{ codec: openaiChat, path: '/chat/completions' }] },
  exampleModels: ['openai.gpt-oss-120b', 'openai.gpt-oss-20b', 'qwen.qwen3-coder-480b-a35b-instruct'],
}

import { testAwsKeys, testServiceAccount, type Upstream } from '@sluice/testkit'
import { providers } from 'sluice/internal'
import { baseOf, doorOf } from '../../packages/sdk/src/providers/testing/doors.ts'

/** One deployment of one provider; its name is the model group that clients ask for. */
export interface PlayedDeployment {
  readonly name: string
  readonly provider: string
  /** LiteLLM's parameters: the model, the address, and this provider's own kind of credentials. */
  readonly params: Readonly<Record<string, unknown>>
}

/** The gateway's environment that leads the clouds' sign-in to the fake one. */
export function signInEnvironment(upstream: Upstream): Record<string, string> {
  return {
    AZURE_AUTHORITY_HOST: upstream.url,
    SLUICE_ENTRA_AUTHORITIES: upstream.url,
    SLUICE_GOOGLE_TOKEN_ORIGINS: upstream.url,
    WATSONX_IAM_URL: `${upstream.url}/identity/token`,
  }
}

export const vendorKey = 'vendor-key-0123456789'

export const awsKeys = {
  aws_access_key_id: testAwsKeys.accessKeyId,
  aws_secret_access_key: testAwsKeys.secretAccessKey,
  aws_region_name: 'us-east-1',
}

export const entraClient = {
  tenant_id: 'contoso.test',
  client_id: 'app',
  client_secret: 'a-secret-of-the-app',
}

export function googleAccount(upstream: Upstream) {
  const account = testServiceAccount(upstream.url)
  return { vertex_project: account.project_id, vertex_location: 'us-east5', vertex_credentials: account }
}

type Models = readonly (readonly [model: string, params?: Readonly<Record<string, unknown>>])[]

/** Providers whose models differ, or whose credentials are no plain key; an empty list is played nowhere. */
function ownDeployments(upstream: Upstream): Own {
  return { ...clouds(upstream), ...others(upstream) }
}

type Own = Readonly<Record<string, Models>>

function clouds(upstream: Upstream): Own {
  const { url } = upstream
  const aws = { api_base: url, ...awsKeys }
  const google = { api_base: url, ...googleAccount(upstream) }
  const vertex: Models = [
    ['gemini-2.5-flash', google],
    ['claude-sonnet-4-5@20250929', google],
    ['meta/llama-4-maverick-17b-128e-instruct-maas', google],
    ['mistral-medium-3', google],
    ['jamba-1.5-large', google],
  ]
  return {
    openai: [['gpt-4o'], ['gpt-5.1'], ['responses/gpt-5.1', { api_base: `${url}/v1`, api_key: vendorKey }]],
    bedrock: [
      ...[
        'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'amazon.nova-pro-v1:0',
        'invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'invoke/amazon.nova-pro-v1:0',
        'invoke/openai.gpt-oss-120b-1:0',
        'invoke/meta.llama3-8b-instruct-v1:0',
        'invoke/amazon.titan-text-express-v1',
      ].map(model => [model, aws] as const),
      ['openai.gpt-oss-120b-1:0', { api_base: url, api_key: vendorKey }],
    ],
    bedrock_mantle: [
      ['openai.gpt-oss-120b', { ...aws, api_base: `${url}/elsewhere/v1` }],
      ['anthropic.claude-sonnet-4-5', { api_base: url, api_key: vendorKey }],
    ],
    sagemaker: [['my-endpoint', aws]],
    sagemaker_chat: [['my-endpoint', aws]],
    sagemaker_nova: [['my-endpoint', aws]],
    vertex_ai: vertex,
    vertex_ai_beta: vertex.slice(0, 2),
    azure: [
      ['my-gpt-4o', { api_base: url, ...entraClient }],
      ['my-gpt-5', { api_base: url, api_key: vendorKey, api_version: 'v1' }],
    ],
    azure_ai: [
      ['Llama-3.3-70B-Instruct', { api_base: url, api_key: vendorKey }],
      ['claude-sonnet-5', { api_base: url, ...entraClient }],
      ['agents/asst_1', { api_base: `${url}/api/projects/p1`, ...entraClient }],
    ],
  }
}

function others({ url }: Upstream): Own {
  const prompts = { api_base: `${url}/prompt-servers`, api_key: vendorKey }
  const elsewhere = { api_base: `${url}/elsewhere`, api_key: vendorKey }
  return {
    databricks: [
      [
        'databricks-claude-sonnet-4-5',
        {
          api_base: `${url}/elsewhere/serving-endpoints`,
          client_id: 'app',
          client_secret: 'a-secret-of-the-app',
        },
      ],
    ],
    watsonx: [['ibm/granite-4-h-small', { ...prompts, project_id: 'project-1' }]],
    snowflake: [['claude-sonnet-4-5', { ...prompts, api_key: `pat/${vendorKey}` }]],
    replicate: [['meta/meta-llama-3-8b-instruct', prompts]],
    huggingface: [['together/deepseek-ai/DeepSeek-V3', prompts]],
    triton: [['llama', { ...prompts, api_base: `${url}/prompt-servers/v2/models/llama/generate` }]],
    petals: [['StableBeluga2', prompts]],
    predibase: [['llama-3-8b-instruct', { ...elsewhere, tenant_id: 'tenant-1' }]],
    cloudflare: [
      [
        '@cf/meta/llama-4-scout-17b-16e-instruct',
        { ...elsewhere, api_base: `${url}/elsewhere/client/v4/accounts/a1/ai` },
      ],
    ],
    anthropic_text: [['claude-2.1', { api_base: url, api_key: vendorKey }]],
    mistral: [['mistral-medium-latest', { ...elsewhere, api_base: `${url}/elsewhere/v1` }]],
    codestral: [['codestral-latest', { ...elsewhere, api_base: `${url}/elsewhere/v1` }]],
  }
}

/** The provider's first example, or any name, at the door that is known for its format. */
function defaultModels(name: string, upstream: Upstream): Models {
  const provider = providers.get(name)
  const door = provider && doorOf(provider)
  if (!provider || !door) return []
  const at = {
    api_base: baseOf(provider, 'chat', upstream),
    api_key: door.key?.good(upstream) ?? vendorKey,
    ...door.params?.(upstream),
  }
  return [[door.model ?? provider.exampleModels?.[0] ?? 'm', at]]
}

/** Every provider that chats, by the registry; those that answer without a network have nothing to prove. */
export const chatting: readonly string[] = [...providers.values()]
  .filter(({ endpoints, answer }) => endpoints.chat !== undefined && answer === undefined)
  .map(({ name }) => name)

export function chatDeployments(upstream: Upstream): readonly PlayedDeployment[] {
  const own = ownDeployments(upstream)
  return chatting.flatMap(provider => {
    const usual = defaultModels(provider, upstream)
    return (own[provider] ?? usual).map(([model, params = usual[0]?.[1]]) => ({
      name: `${provider}/${model}`,
      provider,
      params: { model: `${provider}/${model}`, ...params },
    }))
  })
}

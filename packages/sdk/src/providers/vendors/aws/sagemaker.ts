import { sagemakerChat } from '../../../codecs/sagemaker/chat.ts'
import { sagemakerEmbeddings } from '../../../codecs/sagemaker/embeddings.ts'
import { sagemakerText } from '../../../codecs/sagemaker/text.ts'
import { aws } from '../../../credentials/aws.ts'
import type { Binding, Provider } from '../../provider.ts'

/** An endpoint is addressed by its name, with the endpoint's ARN too. */
function path(at: { readonly model: string; readonly stream: boolean }): string {
  const name = at.model.startsWith('arn:') ? at.model.slice(at.model.lastIndexOf('/') + 1) : at.model
  return `/endpoints/${encodeURIComponent(name)}/invocations${at.stream ? '-response-stream' : ''}`
}

const embedding: readonly Binding<'embedding'>[] = [{ codec: sagemakerEmbeddings, path }]

function sagemakerProvider(name: string, title: string, chat: Binding<'chat'>['codec']): Provider {
  return {
    name,
    title,
    docs: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html',
    baseUrl: 'https://runtime.sagemaker.{region}.amazonaws.com',
    credentials: aws({ service: 'sagemaker' }),
    endpoints: { chat: [{ codec: chat, path }], embedding },
  }
}

/** One prompt in, text out. */
export const sagemaker: Provider = sagemakerProvider('sagemaker', 'Amazon SageMaker', sagemakerText)

/** Endpoints that speak OpenAI's chat. */
export const sagemakerChatProvider: Provider = sagemakerProvider(
  'sagemaker_chat',
  'Amazon SageMaker (chat)',
  sagemakerChat({ streamUsage: false }),
)

/** Nova's own container, which reports usage in streams when asked. */
export const sagemakerNova: Provider = sagemakerProvider(
  'sagemaker_nova',
  'Amazon SageMaker (Nova)',
  sagemakerChat({ streamUsage: true }),
)

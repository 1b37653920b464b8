import { audioProviders, withAudio } from './audio/audio.ts'
import { embedders } from './compatible/embedders.ts'
import { openaiCompatible } from './compatible/openai-compatible.ts'
import { mediaProviders, withMedia } from './media.ts'
import type { Provider } from './provider.ts'
import { textCompletionCodestral, textCompletionOpenai } from './text-completions.ts'
import { a2a, pydanticAiAgents } from './vendors/agents/a2a.ts'
import { langflow } from './vendors/agents/langflow.ts'
import { langgraph } from './vendors/agents/langgraph.ts'
import { manus } from './vendors/agents/manus.ts'
import { alephAlpha } from './vendors/aleph-alpha.ts'
import { anthropic } from './vendors/anthropic/anthropic.ts'
import { anthropicText } from './vendors/anthropic/anthropic-text.ts'
import { autoRouter } from './vendors/auto-router.ts'
import { amazonProviders } from './vendors/aws/amazon.ts'
import { azure } from './vendors/azure/azure.ts'
import { azureAi } from './vendors/azure/azure-ai.ts'
import { azureText } from './vendors/azure/azure-text.ts'
import { cloudflare } from './vendors/cloudflare.ts'
import { cohere, cohereChatProvider } from './vendors/cohere.ts'
import { gigachat } from './vendors/gigachat/gigachat.ts'
import { gemini } from './vendors/google/gemini.ts'
import { vertexAi, vertexAiBeta } from './vendors/google/vertex-ai.ts'
import { huggingface } from './vendors/huggingface.ts'
import { mock } from './vendors/mock/mock.ts'
import { nlpCloud } from './vendors/nlp-cloud.ts'
import { oci } from './vendors/oci/oci.ts'
import { ollama, ollamaChatProvider } from './vendors/ollama.ts'
import { chatgpt } from './vendors/openai/chatgpt.ts'
import { openai } from './vendors/openai/openai.ts'
import { petals } from './vendors/petals.ts'
import { predibase } from './vendors/predibase.ts'
import { replicate } from './vendors/replicate.ts'
import { sap } from './vendors/sap/sap.ts'
import { snowflake } from './vendors/snowflake.ts'
import { triton } from './vendors/triton.ts'
import { vllm } from './vendors/vllm.ts'
import { watsonx, watsonxText } from './vendors/watsonx/watsonx.ts'

/** Every provider by LiteLLM's name for it. */
export const providers: ReadonlyMap<string, Provider> = new Map(
  [
    openai,
    anthropic,
    anthropicText,
    gemini,
    vertexAi,
    vertexAiBeta,
    azure,
    azureAi,
    azureText,
    cohere,
    cohereChatProvider,
    ollama,
    ollamaChatProvider,
    huggingface,
    watsonx,
    watsonxText,
    replicate,
    cloudflare,
    snowflake,
    predibase,
    triton,
    petals,
    vllm,
    oci,
    sap,
    gigachat,
    nlpCloud,
    alephAlpha,
    langgraph,
    langflow,
    a2a,
    pydanticAiAgents,
    chatgpt,
    manus,
    autoRouter,
    mock,
    ...embedders,
    textCompletionOpenai,
    textCompletionCodestral,
    ...amazonProviders,
    ...openaiCompatible,
    ...mediaProviders,
    ...audioProviders,
  ].map(provider => [provider.name, withAudio(withMedia(provider))]),
)

import { a2a, pydanticAiAgents } from './a2a.ts'
import { alephAlpha } from './aleph-alpha.ts'
import { amazonProviders } from './amazon.ts'
import { anthropic } from './anthropic.ts'
import { anthropicText } from './anthropic-text.ts'
import { audioProviders, withAudio } from './audio/audio.ts'
import { autoRouter } from './auto-router.ts'
import { azure } from './azure.ts'
import { azureAi } from './azure-ai.ts'
import { azureText } from './azure-text.ts'
import { chatgpt } from './chatgpt.ts'
import { cloudflare } from './cloudflare.ts'
import { cohere, cohereChatProvider } from './cohere.ts'
import { embedders } from './embedders.ts'
import { gemini } from './gemini.ts'
import { gigachat } from './gigachat.ts'
import { huggingface } from './huggingface.ts'
import { langflow } from './langflow.ts'
import { langgraph } from './langgraph.ts'
import { manus } from './manus.ts'
import { mediaProviders, withMedia } from './media.ts'
import { mock } from './mock.ts'
import { nlpCloud } from './nlp-cloud.ts'
import { oci } from './oci.ts'
import { ollama, ollamaChatProvider } from './ollama.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { petals } from './petals.ts'
import { predibase } from './predibase.ts'
import type { Provider } from './provider.ts'
import { replicate } from './replicate.ts'
import { sap } from './sap.ts'
import { snowflake } from './snowflake.ts'
import { textCompletionCodestral, textCompletionOpenai } from './text-completions.ts'
import { triton } from './triton.ts'
import { vertexAi, vertexAiBeta } from './vertex-ai.ts'
import { vllm } from './vllm.ts'
import { watsonx, watsonxText } from './watsonx.ts'

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

import { a2a } from '../a2a/wire.ts'
import { alephAlpha } from '../aleph-alpha/wire.ts'
import { anthropic } from '../anthropic/wire.ts'
import { bedrock } from '../bedrock/wire.ts'
import { cohere } from '../cohere/wire.ts'
import { documents } from '../documents/wire.ts'
import { gemini } from '../gemini/wire.ts'
import { gigachat } from '../gigachat/wire.ts'
import { langflow } from '../langflow/wire.ts'
import { langgraph } from '../langgraph/wire.ts'
import { manus } from '../manus/wire.ts'
import { media } from '../media/wire.ts'
import { nlpCloud } from '../nlp-cloud/wire.ts'
import { oci } from '../oci/wire.ts'
import { ollama } from '../ollama/wire.ts'
import { azure } from '../openai/azure.ts'
import { elsewhere } from '../openai/elsewhere.ts'
import { openai } from '../openai/wire.ts'
import { chatImages, dashscope, fal, recraft, stability, topaz } from '../pictures/at-once.ts'
import { bfl, modelscope, runway } from '../pictures/polled.ts'
import { promptServers } from '../prompt-servers/wire.ts'
import { reranker } from '../rerank/wire.ts'
import { sagemaker } from '../sagemaker/wire.ts'
import { sap } from '../sap/wire.ts'
import { searches } from '../searches/wire.ts'
import { tokens } from '../tokens/wire.ts'
import { vertex } from '../vertex/wire.ts'
import { assemblyai } from '../voices/assemblyai.ts'
import { deepgram } from '../voices/deepgram.ts'
import { elevenlabs } from '../voices/elevenlabs.ts'
import { mistralAudio, watsonxAudio } from '../voices/listeners.ts'
import { soniox } from '../voices/soniox.ts'
import { azureSpeech, minimaxSpeech, polly } from '../voices/speakers.ts'
import type { Wire, WireName } from './wire.ts'

/** Every wire, in the order their routes are tried: OpenAI's `/v1/models` is the most general. */
export const wires: Readonly<Record<WireName, Wire>> = {
  tokens,
  bedrock,
  sagemaker,
  media,
  cohere,
  ollama,
  gemini,
  vertex,
  azure,
  anthropic,
  rerank: reranker,
  'chat-images': chatImages,
  bfl,
  dashscope,
  documents,
  fal,
  modelscope,
  recraft,
  runway,
  assemblyai,
  'azure-speech': azureSpeech,
  deepgram,
  elevenlabs,
  'minimax-speech': minimaxSpeech,
  'mistral-audio': mistralAudio,
  'watsonx-audio': watsonxAudio,
  polly,
  soniox,
  searches,
  stability,
  topaz,
  a2a,
  'aleph-alpha': alephAlpha,
  gigachat,
  langflow,
  langgraph,
  manus,
  'nlp-cloud': nlpCloud,
  oci,
  sap,
  openai,
  elsewhere,
  'prompt-servers': promptServers,
}

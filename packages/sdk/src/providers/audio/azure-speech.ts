import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { MadeFormats } from '../../codecs/openai-speech/made-formats.ts'
import { escapeXml, isMarkup, withRate } from '../../codecs/openai-speech/markup.ts'
import { voiceOf } from '../../codecs/openai-speech/voices.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import { badRequest } from '../../errors.ts'
import type { SpeechRequest } from '../../types/speech.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { Binding } from '../provider.ts'
import { stated } from './transcripts.ts'

const PREFIX = 'speech/'

/** LiteLLM's way to tell Azure's speech service from models of OpenAI there: `azure/speech/azure-tts`. */
export function isAzureSpeech(model: string): boolean {
  return model.startsWith(PREFIX)
}

/** LiteLLM's choice of Azure's voices for OpenAI's names. */
const VOICES = {
  alloy: 'en-US-JennyNeural',
  echo: 'en-US-GuyNeural',
  fable: 'en-GB-RyanNeural',
  onyx: 'en-US-DavisNeural',
  nova: 'en-US-AmberNeural',
  shimmer: 'en-US-AriaNeural',
}

/** Source: https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech#audio-outputs */
const FORMATS = new MadeFormats({
  mp3: { wire: 'audio-24khz-48kbitrate-mono-mp3' },
  opus: { wire: 'ogg-48khz-16bit-mono-opus' },
  wav: { wire: 'riff-24khz-16bit-mono-pcm' },
  pcm: { wire: 'raw-24khz-16bit-mono-pcm' },
})

/** Source: https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech */
function encodeRequest(request: SpeechRequest, info: CallInfo): WireRequest {
  const markup = markupOf(request, info)
  if (info.deployment.extraBody)
    info.warn({
      action: 'dropped',
      param: 'extra_body',
      reason: 'the body is SSML, to which nothing is added',
    })
  const { wire } = FORMATS.asked(request, info)
  return {
    body: { markup },
    payload: new WireBytes(Buffer.from(markup), 'application/ssml+xml'),
    headers: { 'x-microsoft-outputformat': wire },
  }
}

const OWN = new Set(['model', 'input', 'voice', 'speed', 'response_format', 'stream', 'stream_format'])
/** What else Azure can be told, in LiteLLM's words: attributes of `voice` and `mstts:express-as`. */
const STYLE = ['style', 'styledegree', 'role'] as const

function markupOf(request: SpeechRequest, info: CallInfo): string {
  const { input, speed } = request
  const { lang, ...rest } = stated(request)
  for (const name of Object.keys(rest))
    if (!OWN.has(name) && !STYLE.some(known => known === name))
      info.warn({ action: 'dropped', param: name, reason: 'Azure Speech is told by SSML; write it there' })
  if (isMarkup(input)) {
    for (const param of ['speed', 'voice'] as const)
      if (request[param] != null)
        info.warn({ action: 'dropped', param, reason: 'the text is SSML, which says how it is spoken' })
    return input
  }
  const voice = voiceOf(request, VOICES, info, 'name')
  const style = STYLE.filter(name => rest[name] !== undefined).map(
    name => ` ${name}="${escapeXml(String(rest[name]))}"`,
  )
  const said = withRate(escapeXml(input), speed)
  const styled = style.length > 0 ? `<mstts:express-as${style.join('')}>${said}</mstts:express-as>` : said
  const language = typeof lang === 'string' ? lang : languageOf(voice)
  return (
    '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" ' +
    `xmlns:mstts="https://www.w3.org/2001/mstts" xml:lang="${escapeXml(language)}">` +
    `<voice name="${escapeXml(voice)}">${styled}</voice></speak>`
  )
}

/** The language stands in the voice's name: `de-DE-KatjaNeural`. */
function languageOf(voice: string): string {
  const [language, region] = voice.split('-')
  if (language && region) return `${language}-${region}`
  throw badRequest(
    'voice: must be one of OpenAI\'s names, or the name of a voice of Azure such as "de-DE-KatjaNeural".',
    'voice',
  )
}

const speech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'azure-speech',
  framing: 'bytes',
  upstream: {
    params: new Set(['response_format', 'speed', 'voice']),
    only: FORMATS.only,
    takesBytes: true,
    encodeRequest,
    decodeResponse: (body, info) => FORMATS.answer(body, info),
    decodeStream: info => FORMATS.stream(info),
    decodeError,
  },
}

const REGION = /^https:\/\/([a-z0-9-]+)\.(?:api\.cognitive|stt\.speech)\.microsoft\.com$/

/** A region's host speaks at the root; a resource of its own name has it among others. */
export const AZURE_SPEECH: Binding<'speech'> = {
  codec: speech,
  path: ({ base }) =>
    base !== undefined && /\.cognitiveservices\.azure\.(com|us|cn)$/.test(base)
      ? '/tts/cognitiveservices/v1'
      : '/cognitiveservices/v1',
  baseUrl: base => base.replace(REGION, 'https://$1.tts.speech.microsoft.com'),
}

/** Azure's credentials, where a speech resource has keys of its own. */
export function withSpeechKeys(credentials: Credentials): Credentials {
  return {
    ...credentials,
    async sign(request, secret, deployment, host) {
      if (!isAzureSpeech(deployment.model)) return credentials.sign(request, secret, deployment, host)
      const key = deployment.apiKey ?? host.secret(['AZURE_TTS_API_KEY'])
      await credentials.sign(request, key ?? secret, key ? { ...deployment, apiKey: key } : deployment, host)
      const named = request.headers['api-key']
      if (named === undefined) return
      delete request.headers['api-key']
      request.headers['ocp-apim-subscription-key'] = named
    },
  }
}

import { WireBytes } from '../../../../../types/wire-body.ts'
import type { Replies, RepliesOf } from './replies.ts'

const mp3 = new WireBytes(Buffer.from('ID3'), 'audio/mpeg')
const samples = new WireBytes(Buffer.from('\x01\x00\x02\x00', 'latin1'), 'audio/pcm')
const asWav = { asked: { response_format: 'wav' } }

/** Vendors that answer with the audio itself. */
function bare(from: string, more: RepliesOf['replies'] = {}): RepliesOf {
  return {
    from,
    replies: {
      'an MP3': { bytes: mp3 },
      'a media type of theirs': { bytes: new WireBytes(mp3.bytes, 'application/octet-stream') },
      ...more,
    },
  }
}

const spoken = { inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: 'AQACAA==' } }

export const speechReplies: Replies = {
  'openai-speech': bare('https://platform.openai.com/docs/api-reference/audio/createSpeech, 2026-01'),
  'openai-speech-events': bare('https://platform.openai.com/docs/api-reference/audio/createSpeech, 2026-01'),
  'aws-polly': bare('https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html, 2026-01', {
    'samples, WAV was asked': { bytes: samples, ...asWav },
  }),
  'azure-speech': bare(
    'https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech, 2026-01',
  ),
  'deepgram-speech': bare('https://developers.deepgram.com/reference/text-to-speech/speak-request, 2026-01'),
  'elevenlabs-speech': bare('https://elevenlabs.io/docs/api-reference/text-to-speech/convert, 2026-01', {
    'samples, WAV was asked': { bytes: samples, ...asWav },
  }),
  'groq-speech': bare('https://console.groq.com/docs/text-to-speech, 2026-01'),
  'runwayml-speech': bare('https://docs.dev.runwayml.com/api/, 2026-01'),
  'gemini-speech': {
    from: 'https://ai.google.dev/gemini-api/docs/speech-generation, 2026-01',
    replies: {
      samples: {
        body: {
          candidates: [{ content: { role: 'model', parts: [spoken] }, finishReason: 'STOP' }],
          usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 25, totalTokenCount: 28 },
        },
        asked: { response_format: 'pcm' },
      },
      'samples, nothing was said': {
        body: { candidates: [{ content: { parts: [spoken] }, finishReason: 'STOP' }] },
      },
      nothing: { body: { candidates: [{ finishReason: 'OTHER' }] } },
    },
  },
  'google-cloud-speech': {
    from: 'https://cloud.google.com/text-to-speech/docs/reference/rest/v1/text/synthesize, 2026-01',
    replies: { 'an MP3': { body: { audioContent: 'SUQz' } }, nothing: { body: {} } },
  },
  'minimax-speech': {
    from: 'https://platform.minimax.io/docs/api-reference/speech-t2a-http, 2026-01',
    replies: {
      hexadecimal: {
        body: {
          data: { audio: '494433', status: 2 },
          ...{
            extra_info: { audio_length: 9900, usage_characters: 26 },
            trace_id: 't',
            base_resp: { status_code: 0, status_msg: 'success' },
          },
        },
      },
      'an error of status 200': { body: { base_resp: { status_code: 1004, status_msg: 'login fail' } } },
    },
  },
}

const words = [
  { word: 'Hello', start: 0, end: 0.4 },
  { word: 'there', start: 0.5, end: 0.9 },
]
const segment = {
  id: 0,
  seek: 0,
  start: 0,
  end: 0.9,
  text: ' Hello there',
  tokens: [1],
  temperature: 0,
  avg_logprob: -0.2,
  compression_ratio: 1,
  no_speech_prob: 0,
}
const verbose = {
  task: 'transcribe',
  language: 'english',
  duration: 0.9,
  text: 'Hello there',
  segments: [segment],
}

/** OpenAI's answers, in all the ways a client may want them. */
const openai: RepliesOf = {
  from: 'https://platform.openai.com/docs/api-reference/audio/json-object, 2026-01',
  replies: {
    'by tokens': {
      body: {
        text: 'Hello there',
        usage: {
          type: 'tokens',
          input_tokens: 14,
          input_token_details: { text_tokens: 0, audio_tokens: 14 },
          output_tokens: 45,
          total_tokens: 59,
        },
      },
    },
    'by seconds, in detail': {
      body: { ...verbose, words, usage: { type: 'duration', seconds: 1 } },
      asked: { response_format: 'verbose_json' },
    },
    'as text': { body: { text: 'Hello there' }, asked: { response_format: 'text' } },
    'as SubRip': { body: verbose, asked: { response_format: 'srt' } },
    'as WebVTT': { body: verbose, asked: { response_format: 'vtt' } },
    'as SubRip, without times': { body: { text: 'Hello there' }, asked: { response_format: 'srt' } },
    'no text': { body: {} },
  },
}

export const translationReplies: Replies = { 'openai-translations': openai }

export const transcriptionReplies: Replies = {
  'openai-transcriptions': openai,
  'assemblyai-transcriptions': {
    from: 'https://www.assemblyai.com/docs/api-reference/transcripts/get, 2026-01',
    replies: {
      completed: {
        body: {
          ...{
            id: '9ea68fd3',
            status: 'completed',
            text: 'Hello there',
            language_code: 'en_us',
            audio_duration: 1,
            confidence: 0.9,
          },
          words: [
            { text: 'Hello', start: 0, end: 400, confidence: 0.9, speaker: 'A' },
            { text: 'there', start: 500, end: 900, confidence: 0.9, speaker: 'A' },
          ],
          utterances: [{ text: 'Hello there', start: 0, end: 900, speaker: 'A', confidence: 0.9, words: [] }],
        },
      },
      'as SubRip': {
        body: {
          status: 'completed',
          text: 'Hello',
          words: [{ text: 'Hello', start: 0, end: 400 }],
          audio_duration: 1,
        },
        asked: { response_format: 'srt' },
      },
      'not yet': { body: { id: '9ea68fd3', status: 'processing' } },
    },
  },
  'deepgram-transcriptions': {
    from: 'https://developers.deepgram.com/docs/utterances, 2026-01',
    replies: {
      'two channels': {
        body: {
          metadata: { request_id: 'r', duration: 17.5, channels: 2 },
          results: {
            channels: [
              { alternatives: [{ transcript: 'hello', words: [words[0]] }] },
              { alternatives: [{ transcript: 'there', words: [words[1]] }] },
            ],
          },
        },
      },
      'who spoke': {
        body: {
          metadata: { duration: 0.9 },
          results: {
            channels: [
              {
                detected_language: 'en',
                alternatives: [
                  {
                    transcript: 'hello there',
                    words: [
                      { ...words[0], speaker: 0, punctuated_word: 'Hello,' },
                      { ...words[1], speaker: 1 },
                    ],
                  },
                ],
              },
            ],
          },
        },
      },
      nothing: { body: { metadata: {} } },
    },
  },
  'elevenlabs-transcriptions': {
    from: 'https://elevenlabs.io/docs/api-reference/speech-to-text/convert, 2026-01',
    replies: {
      heard: {
        body: {
          ...{ language_code: 'eng', language_probability: 0.98, text: 'Hello there' },
          words: [
            { text: 'Hello', start: 0, end: 0.4, type: 'word', speaker_id: 'speaker_0', logprob: 0 },
            { text: ' ', start: 0.4, end: 0.5, type: 'spacing', speaker_id: 'speaker_0' },
            { text: 'there', start: 0.5, end: 0.9, type: 'word', speaker_id: 'speaker_0' },
            { text: '(laughs)', start: 0.9, end: 1.4, type: 'audio_event' },
          ],
        },
      },
      nothing: { body: {} },
    },
  },
  'gemini-transcriptions': {
    from: 'https://ai.google.dev/gemini-api/docs/audio, 2026-01',
    replies: {
      heard: {
        body: {
          candidates: [
            { content: { role: 'model', parts: [{ text: 'Hello there\n' }] }, finishReason: 'STOP' },
          ],
          usageMetadata: {
            ...{ promptTokenCount: 40, candidatesTokenCount: 2, totalTokenCount: 42 },
            promptTokensDetails: [
              { modality: 'AUDIO', tokenCount: 25 },
              { modality: 'TEXT', tokenCount: 15 },
            ],
          },
        },
      },
      'held back': { body: { promptFeedback: { blockReason: 'SAFETY' } } },
    },
  },
  'mistral-transcriptions': {
    from: 'https://docs.mistral.ai/api/endpoint/audio/transcriptions, 2026-01',
    replies: {
      heard: {
        body: {
          ...{
            model: 'voxtral-mini-2507',
            text: 'Hello there',
            language: 'en',
            segments: [{ text: 'Hello there', start: 0, end: 0.9, type: 'transcription_segment' }],
          },
          usage: { prompt_audio_seconds: 1, prompt_tokens: 4, completion_tokens: 6, total_tokens: 380 },
        },
      },
      nothing: { body: {} },
    },
  },
  'soniox-transcriptions': {
    from: 'https://soniox.com/docs/stt/api-reference/transcriptions/get_transcription_transcript, 2026-01',
    replies: {
      heard: {
        bodies: [
          { id: 'file-1', filename: 'a.wav' },
          { id: 'job-1', status: 'completed', audio_duration_ms: 900 },
          {
            ...{ id: 'job-1', text: 'Hello there' },
            tokens: [
              { text: 'Hel', start_ms: 0, end_ms: 200, confidence: 0.9, speaker: '1', language: 'en' },
              { text: 'lo', start_ms: 200, end_ms: 400, confidence: 0.9, speaker: '1', language: 'en' },
              { text: ' there', start_ms: 500, end_ms: 900, confidence: 0.9, speaker: '2', language: 'en' },
            ],
          },
        ],
      },
      nothing: { bodies: [{ id: 'file-1' }] },
    },
  },
  'watsonx-transcriptions': {
    from: 'https://cloud.ibm.com/apidocs/watsonx-ai, 2026-01',
    replies: { heard: { body: { text: 'Hello there', duration: 0.9 } }, nothing: { body: {} } },
  },
}

export const ocrReplies: Replies = {
  'mistral-ocr': {
    from: 'https://docs.mistral.ai/api/endpoint/ocr, 2026-01',
    replies: {
      'a page with a picture': {
        body: {
          pages: [
            {
              ...{
                index: 1,
                markdown: '# Otters\n\n![img-0.jpeg](img-0.jpeg)',
                dimensions: { dpi: 200, height: 2200, width: 1700 },
              },
              images: [
                {
                  id: 'img-0.jpeg',
                  top_left_x: 292,
                  top_left_y: 217,
                  bottom_right_x: 1405,
                  bottom_right_y: 649,
                  image_base64: '',
                },
              ],
            },
          ],
          ...{
            model: 'mistral-ocr-2503-completion',
            usage_info: { pages_processed: 29, doc_size_bytes: null },
            document_annotation: '{"total":7}',
          },
        },
      },
      'no pages': { body: { model: 'mistral-ocr-latest' } },
    },
  },
  'azure-document-intelligence': {
    from: 'https://learn.microsoft.com/rest/api/aiservices/document-models/get-analyze-result, 2026-01',
    replies: {
      'two pages': {
        body: {
          status: 'succeeded',
          analyzeResult: {
            ...{
              apiVersion: '2024-11-30',
              modelId: 'prebuilt-layout',
              content: '# Otters\nBy the Aare.',
              contentFormat: 'markdown',
            },
            pages: [
              { pageNumber: 1, width: 8.5, height: 11, unit: 'inch', spans: [{ offset: 0, length: 9 }] },
              { pageNumber: 2, width: 640, height: 480, unit: 'pixel', spans: [{ offset: 9, length: 12 }] },
            ],
          },
        },
      },
      nothing: { body: { status: 'succeeded' } },
    },
  },
  reducto: {
    from: 'https://docs.reducto.ai/api-reference/parse, 2026-01',
    replies: {
      'two pages': {
        body: {
          ...{ job_id: 'j', duration: 3.2, usage: { num_pages: 2, credits: 2 } },
          result: {
            type: 'full',
            chunks: [
              {
                content: '# Otters',
                embed: '# Otters',
                blocks: [{ type: 'Title', bbox: { page: 1, original_page: 1 } }],
              },
              { content: 'By the Aare.', blocks: [{ type: 'Text', bbox: { page: 2, original_page: 3 } }] },
            ],
          },
        },
      },
      nothing: { body: { job_id: 'j' } },
    },
  },
}

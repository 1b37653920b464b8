import type { Codec } from '../../codecs/codec.ts'
import { openaiTranscriptions } from '../../codecs/openai-transcriptions/codec.ts'
import { addressed } from '../../codecs/watsonx-generation/body.ts'
import { decodeError } from '../../codecs/watsonx-generation/errors.ts'
import { type FormField, WireForm } from '../../types/wire-body.ts'
import type { Binding } from '../provider.ts'

const VERSION = '2025-05-01'
const { upstream } = openaiTranscriptions

/** OpenAI's shape with who pays, and no more of its parameters than IBM documents. */
const codec: Codec<'transcription'> = {
  endpoint: 'transcription',
  format: 'watsonx-transcriptions',
  framing: 'sse',
  upstream: {
    takesNoOthers: true,
    params: new Set(['language', 'response_format']),
    only: { response_format: ['json', 'text'] },
    encodeRequest(request, info) {
      const { project_id, space_id, language } = request
      const who = addressed({ project_id, space_id }, info)
      const fields: FormField[] = [
        ['file', request.file],
        ['model', info.model],
      ]
      for (const [name, value] of Object.entries({
        language,
        project_id: who.project_id,
        space_id: who.space_id,
      }))
        if (typeof value === 'string') fields.push([name, value])
      return { body: {}, payload: new WireForm(fields) }
    },
    decodeResponse: upstream.decodeResponse,
    decodeError: (status, body) => decodeError(status, body) ?? upstream.decodeError?.(status, body),
  },
}

/** Source: https://cloud.ibm.com/apidocs/watsonx-ai (`/ml/v1/audio/transcriptions`) */
export const WATSONX_TRANSCRIPTION: Binding<'transcription'> = {
  codec,
  path: ({ deployment }) =>
    `/ml/v1/audio/transcriptions?version=${encodeURIComponent(deployment.apiVersion ?? VERSION)}`,
}

import { openaiTranscriptions } from '../../codecs/openai-transcriptions/codec.ts'
import { bearer } from '../../credentials/bearer.ts'
import { badRequest } from '../../errors.ts'
import type { Provider } from '../provider.ts'

/**
 * Riva's cloud speaks gRPC only, which is refused; its speech NIMs serve OpenAI's shape over HTTP beside it. Source:
 * https://docs.nvidia.com/nim/speech/latest/asr/http-api.html
 */
export const nvidiaRiva: Provider = {
  name: 'nvidia_riva',
  title: 'NVIDIA Riva',
  docs: 'https://docs.nvidia.com/nim/speech/latest/',
  baseUrl() {
    throw badRequest(
      'api_base: Riva over gRPC (grpc.nvcf.nvidia.com:443) cannot be called. Run a speech NIM and set api_base to ' +
        'its HTTP address, for example http://my-nim:9000/v1.',
      'api_base',
    )
  },
  baseUrlEnv: ['NVIDIA_RIVA_API_BASE'],
  credentials: bearer(['NVIDIA_RIVA_API_KEY', 'NVIDIA_API_KEY'], { required: false }),
  endpoints: { transcription: [{ codec: openaiTranscriptions, path: '/v1/audio/transcriptions' }] },
}

import { WireBytes } from '../../../../../types/wire-body.ts'
import type { Replies, RepliesOf } from './replies.ts'

const png = 'iVBORw0KGgo='
const url = 'https://example.com/made.png'
const bytes = new WireBytes(Buffer.from(png, 'base64'), 'image/png')

/** Formats that answer edits as they answer generations. */
const both = {
  bfl: {
    from: 'https://docs.bfl.ai/api-reference/utility/get-result, 2026-01',
    replies: {
      ready: {
        body: {
          id: 'j',
          status: 'Ready',
          result: { sample: url, prompt: 'A red square', seed: 7 },
          progress: null,
        },
      },
      'no sample': { body: { id: 'j', status: 'Ready', result: null } },
    },
  },
  'bedrock-images': {
    from: 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-image.html, …-stability-diffusion.html, 2026-01',
    replies: {
      Nova: { body: { images: [png, png], error: null } },
      'held back by Nova': {
        body: { images: [], error: 'The generated image was blocked by our content filters.' },
      },
      Stability: {
        body: { seeds: [2130420379], finish_reasons: [null], images: [png] },
        model: 'stability.sd3-5-large-v1:0',
      },
      'held back by Stability': {
        body: { seeds: [1], finish_reasons: ['Filter reason: prompt'], images: [] },
        model: 'stability.sd3-5-large-v1:0',
      },
    },
  },
  'dashscope-images': {
    from: 'https://www.alibabacloud.com/help/en/model-studio/qwen-image-api, 2026-01',
    replies: {
      made: {
        body: {
          output: {
            choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: [{ image: url }] } }],
          },
          ...{ usage: { height: 1328, image_count: 1, width: 1328 }, request_id: 'd0250a3d' },
        },
      },
      'no output': {
        body: { code: 'DataInspectionFailed', message: 'Output data may contain inappropriate content.' },
      },
    },
  },
  'gemini-images': {
    from: 'https://ai.google.dev/gemini-api/docs/image-generation, 2026-01',
    replies: {
      'words and a picture': {
        body: {
          candidates: [
            {
              content: {
                role: 'model',
                parts: [{ text: 'Here.' }, { inlineData: { mimeType: 'image/png', data: png } }],
              },
              finishReason: 'STOP',
            },
          ],
          usageMetadata: {
            ...{ promptTokenCount: 5, candidatesTokenCount: 1290, totalTokenCount: 1295 },
            candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
          },
        },
      },
      'only words': {
        body: { candidates: [{ content: { parts: [{ text: 'I cannot.' }] }, finishReason: 'STOP' }] },
      },
      'held back': {
        body: { candidates: [{ finishReason: 'IMAGE_SAFETY', finishMessage: 'Unable to show the image.' }] },
      },
      'the prompt was refused': { body: { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } } },
    },
  },
  imagen: {
    from: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api, 2026-01',
    replies: {
      made: {
        body: {
          predictions: [{ mimeType: 'image/png', bytesBase64Encoded: png, prompt: 'A bright red square' }],
        },
      },
      'in storage': { body: { predictions: [{ mimeType: 'image/png', gcsUri: 'gs://b/1.png' }] } },
      'held back': {
        body: {
          predictions: [{ raiFilteredReason: 'Unable to show generated images. Support codes: 29310472' }],
        },
      },
    },
  },
  'openrouter-images': {
    from: 'https://openrouter.ai/docs/guides/overview/multimodal/image-generation, 2026-01',
    replies: {
      made: {
        body: {
          id: 'gen-1',
          choices: [
            {
              message: {
                role: 'assistant',
                content: 'Here.',
                images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }],
              },
            },
          ],
          usage: {
            prompt_tokens: 5,
            completion_tokens: 1290,
            total_tokens: 1295,
            cost: 0.0387,
            completion_tokens_details: { image_tokens: 1290 },
          },
        },
      },
      'an error in the answer': { body: { error: { code: 402, message: 'Insufficient credits' } } },
    },
  },
  runwayml: {
    from: 'https://docs.dev.runwayml.com/api/, 2026-01',
    replies: {
      made: {
        body: { id: '17f20503', status: 'SUCCEEDED', createdAt: '2025-06-27T19:49:32.334Z', output: [url] },
      },
      nothing: { body: { id: '17f20503', status: 'SUCCEEDED', output: [] } },
    },
  },
  stability: {
    from: 'https://platform.stability.ai/docs/api-reference, 2026-01',
    replies: {
      made: { body: { image: png, finish_reason: 'SUCCESS', seed: 343940597 } },
      'held back': { body: { image: png, finish_reason: 'CONTENT_FILTERED', seed: 1 } },
    },
  },
  'azure-flux': {
    from: 'https://learn.microsoft.com/azure/ai-foundry/foundry-models/how-to/use-foundry-models-flux, 2026-01',
    replies: { made: { body: { created: 1763000000, data: [{ b64_json: png }] } }, 'no data': { body: {} } },
  },
} satisfies Replies

const openai: RepliesOf = {
  from: 'https://platform.openai.com/docs/api-reference/images/object, 2026-01',
  replies: {
    bytes: {
      body: {
        ...{ created: 1713833628, data: [{ b64_json: png }], background: 'opaque', output_format: 'png' },
        ...{ size: '1024x1024', quality: 'high' },
        usage: {
          ...{ total_tokens: 100, input_tokens: 50, output_tokens: 50 },
          input_tokens_details: { text_tokens: 10, image_tokens: 40 },
        },
      },
    },
    addresses: {
      body: { created: 1589478378, data: [{ url, revised_prompt: 'A bright red square' }, { url }] },
    },
    'no time told': { body: { data: [{ url }] } },
    'no data': { body: { created: 1 } },
    'an error in the answer': {
      body: {
        error: {
          code: 'moderation_blocked',
          type: 'image_generation_user_error',
          message: 'Rejected by the safety system.',
        },
      },
    },
  },
}

export const imageGenerationReplies: Replies = {
  ...both,
  'openai-images': openai,
  'fal-ai': {
    from: 'https://fal.ai/models/fal-ai/flux/dev/api, 2026-01',
    replies: {
      several: {
        body: {
          images: [
            { url, width: 1024, height: 768, content_type: 'image/jpeg' },
            { url: `data:image/png;base64,${png}` },
          ],
          ...{
            timings: { inference: 2.1 },
            seed: 7,
            has_nsfw_concepts: [false, false],
            prompt: 'A red square',
          },
        },
      },
      one: { body: { image: { url, content_type: 'image/png' } } },
      none: { body: { images: [] } },
    },
  },
  'modelscope-images': {
    from: 'https://modelscope.cn/docs/model-service/API-Inference/intro, 2026-01',
    replies: {
      made: { body: { task_id: 't', task_status: 'SUCCEED', output_images: [url] } },
      'at once': { body: { images: [{ url }], data: [{ url }] } },
    },
  },
}

export const imageEditReplies: Replies = {
  ...both,
  'openai-image-edits': openai,
  recraft: {
    from: 'https://www.recraft.ai/docs/api-reference/endpoints, 2026-01',
    replies: {
      made: { body: { created: 1759000000, credits: 40, data: [{ image_id: 'i', url }] } },
      bytes: { body: { created: 1759000000, data: [{ b64_json: png }] } },
    },
  },
  'xai-image-edits': {
    from: 'https://docs.x.ai/docs/guides/image-generations, 2026-01',
    replies: {
      made: {
        body: {
          data: [{ url, mime_type: 'image/jpeg', revised_prompt: '' }],
          usage: { cost_in_usd_ticks: 200000000 },
        },
      },
      bytes: { body: { data: [{ b64_json: png }] } },
    },
  },
}

export const imageVariationReplies: Replies = {
  'openai-image-variations': openai,
  topaz: {
    from: 'https://developer.topazlabs.com/image-api/introduction, 2026-01',
    replies: { made: { bytes }, 'no picture': { body: { process_id: 'p', eta: 1 } } },
  },
}

const openaiVideo = {
  ...{
    id: 'video_123',
    object: 'video',
    model: 'sora-2',
    status: 'queued',
    progress: 0,
    created_at: 1712697600,
  },
  ...{ size: '1024x1792', seconds: '8', quality: 'standard' },
}
const jobs: RepliesOf = {
  from: 'https://platform.openai.com/docs/api-reference/videos/object, 2026-01',
  replies: {
    queued: { body: openaiVideo },
    failed: {
      body: { ...openaiVideo, status: 'failed', error: { code: 'moderation_blocked', message: 'Blocked.' } },
    },
    'of another video': { body: { ...openaiVideo, id: 'video_456', remixed_from_video_id: 'video_123' } },
    'no video': { body: {} },
  },
}
const runwayJobs: RepliesOf = {
  from: 'https://docs.dev.runwayml.com/api/, 2026-01',
  replies: {
    begun: { body: { id: '17f20503-6c24' } },
    running: {
      body: { id: '17f20503-6c24', status: 'RUNNING', createdAt: '2025-06-27T19:49:32.334Z', progress: 0.42 },
    },
    throttled: { body: { id: '17f20503-6c24', status: 'THROTTLED', createdAt: '2025-06-27T19:49:32.334Z' } },
    made: { body: { id: '17f20503-6c24', status: 'SUCCEEDED', output: ['https://example.com/a.mp4'] } },
    failed: {
      body: {
        id: '17f20503-6c24',
        status: 'FAILED',
        failure: 'Moderated.',
        failureCode: 'SAFETY.INPUT.TEXT',
      },
    },
  },
}
const name = 'models/veo-3.0-generate-001/operations/abc-1'
const veoJobs: RepliesOf = {
  from: 'https://ai.google.dev/gemini-api/docs/video, 2026-01',
  replies: {
    begun: { body: { name } },
    made: {
      body: {
        name,
        done: true,
        response: {
          generateVideoResponse: { generatedSamples: [{ video: { uri: 'https://example.com/a' } }] },
        },
      },
    },
    'held back': {
      body: {
        ...{ name, done: true },
        response: {
          generateVideoResponse: {
            raiMediaFilteredCount: 1,
            raiMediaFilteredReasons: ['Try rephrasing the prompt.'],
          },
        },
      },
    },
    failed: {
      body: { name, done: true, error: { code: 13, message: 'Internal error.', status: 'INTERNAL' } },
    },
    'no operation': { body: {} },
  },
}

export const videoReplies = {
  video_generation: { 'openai-videos': jobs, runwayml: runwayJobs, veo: veoJobs },
  video_status: { 'openai-videos': jobs, runwayml: runwayJobs, veo: veoJobs },
  video_remix: { 'openai-videos': jobs },
  video_delete: {
    'openai-videos': {
      from: 'https://platform.openai.com/docs/api-reference/videos/delete, 2026-01',
      replies: {
        gone: { body: { id: 'video_123', object: 'video.deleted', deleted: true } },
        'no word': { body: {} },
      },
    },
  },
  video_list: {
    'openai-videos': {
      from: 'https://platform.openai.com/docs/api-reference/videos/list, 2026-01',
      replies: {
        some: {
          body: {
            object: 'list',
            data: [openaiVideo],
            first_id: 'video_123',
            last_id: 'video_123',
            has_more: false,
          },
        },
        none: { body: { object: 'list', data: [] } },
      },
    },
  },
  video_content: {
    'openai-videos': {
      from: 'https://platform.openai.com/docs/api-reference/videos/content, 2026-01',
      replies: {
        'a film': { bytes: new WireBytes(Buffer.from('ftyp'), 'video/mp4') },
        'no film': { body: { error: { message: 'Not ready.' } } },
      },
    },
    runwayml: {
      from: 'https://docs.dev.runwayml.com/assets/outputs/, 2026-01',
      replies: {
        'a film': { bytes: new WireBytes(Buffer.from('ftyp'), 'video/mp4') },
        'no film': { body: { id: '1', status: 'SUCCEEDED', output: [] } },
      },
    },
    veo: {
      from: 'https://ai.google.dev/gemini-api/docs/video, 2026-01',
      replies: {
        'a film': { bytes: new WireBytes(Buffer.from('ftyp'), 'video/mp4') },
        'in the operation': {
          body: {
            name: 'o',
            done: true,
            response: { videos: [{ bytesBase64Encoded: 'ZnR5cA==', mimeType: 'video/mp4' }] },
          },
        },
        'not yet': { body: { name } },
      },
    },
  },
} satisfies Readonly<Record<string, Replies>>

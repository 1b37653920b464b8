/** A vendor's operation in outline: the keys nobody can leave out, and where the vendor describes the rest. */
export interface Outline {
  readonly summary: string
  readonly tag:
    | 'Audio'
    | 'Chat'
    | 'Documents'
    | 'Embeddings'
    | 'Images'
    | 'Moderations'
    | 'Rerank'
    | 'Search'
    | 'Text'
    | 'Tokens'
    | 'Videos'
  /** Names the two schemas: `ChatCompletionRequest`, `ChatCompletionResponse`. */
  readonly name: string
  readonly request: Shape
  readonly response: Shape
  /** The vendor's reference. */
  readonly url: string
  readonly streams?: 'on request' | 'always'
  /** The answer's media type where it is not JSON. */
  readonly answers?: string
  /** True when the model may be left out. */
  readonly modelOptional?: true
}

/** Keys that are always there, each with its JSON type. */
export type Shape = Readonly<Record<string, 'string' | 'integer' | 'array' | 'object' | 'any'>>

/** By the end of a door's path, a method before it where others differ (`GET /videos`); the longest end that fits is meant. */
export const OUTLINES: Readonly<Record<string, Outline>> = {
  '/chat/completions': {
    summary: 'Answer a conversation, in the format of chat completions',
    tag: 'Chat',
    name: 'ChatCompletion',
    request: { messages: 'array' },
    response: { id: 'string', object: 'string', created: 'integer', model: 'string', choices: 'array' },
    url: 'https://platform.openai.com/docs/api-reference/chat/create',
    streams: 'on request',
  },
  '/messages': {
    summary: 'Answer a conversation, in the format of the Messages API',
    tag: 'Chat',
    name: 'Message',
    request: { messages: 'array', max_tokens: 'integer' },
    response: {
      id: 'string',
      type: 'string',
      role: 'string',
      content: 'array',
      model: 'string',
      usage: 'object',
    },
    url: 'https://platform.claude.com/docs/en/api/messages/create',
    streams: 'on request',
  },
  '/messages/count_tokens': {
    summary: 'Count the tokens of a request to the Messages API',
    tag: 'Tokens',
    name: 'MessageTokens',
    request: { messages: 'array' },
    response: { input_tokens: 'integer' },
    url: 'https://platform.claude.com/docs/en/api/messages/count_tokens',
  },
  '/completions': {
    summary: 'Go on writing where a text stops',
    tag: 'Text',
    name: 'Completion',
    request: { prompt: 'any' },
    response: { id: 'string', object: 'string', created: 'integer', model: 'string', choices: 'array' },
    url: 'https://platform.openai.com/docs/api-reference/completions/create',
    streams: 'on request',
  },
  '/moderations': {
    summary: 'Judge texts and images by categories of harm',
    tag: 'Moderations',
    name: 'Moderation',
    request: { input: 'any' },
    response: { id: 'string', model: 'string', results: 'array' },
    url: 'https://platform.openai.com/docs/api-reference/moderations/create',
    modelOptional: true,
  },
  '/rerank': {
    summary: 'Sort documents by how well they answer a query',
    tag: 'Rerank',
    name: 'Rerank',
    request: { query: 'string', documents: 'array' },
    response: { id: 'string', results: 'array' },
    url: 'https://docs.cohere.com/reference/rerank',
  },
  '/audio/speech': {
    summary: 'Speak a text',
    tag: 'Audio',
    name: 'Speech',
    request: { input: 'string', voice: 'any' },
    response: {},
    url: 'https://platform.openai.com/docs/api-reference/audio/createSpeech',
    answers: 'audio/*',
  },
  '/audio/transcriptions': {
    summary: 'Write down what is said in a recording',
    tag: 'Audio',
    name: 'Transcription',
    request: { file: 'any' },
    response: { text: 'string' },
    url: 'https://platform.openai.com/docs/api-reference/audio/createTranscription',
    streams: 'on request',
  },
  '/audio/translations': {
    summary: 'Write down in English what is said in a recording',
    tag: 'Audio',
    name: 'Translation',
    request: { file: 'any' },
    response: { text: 'string' },
    url: 'https://platform.openai.com/docs/api-reference/audio/createTranslation',
  },
  '/images/generations': {
    summary: 'Make images from words',
    tag: 'Images',
    name: 'ImageGeneration',
    request: { prompt: 'string' },
    response: { created: 'integer', data: 'array' },
    url: 'https://platform.openai.com/docs/api-reference/images/create',
    streams: 'on request',
    modelOptional: true,
  },
  '/images/edits': {
    summary: 'Make images from images and words',
    tag: 'Images',
    name: 'ImageEdit',
    request: { image: 'any', prompt: 'string' },
    response: { created: 'integer', data: 'array' },
    url: 'https://platform.openai.com/docs/api-reference/images/createEdit',
    streams: 'on request',
    modelOptional: true,
  },
  '/images/variations': {
    summary: 'Make images like another',
    tag: 'Images',
    name: 'ImageVariation',
    request: { image: 'any' },
    response: { created: 'integer', data: 'array' },
    url: 'https://platform.openai.com/docs/api-reference/images/createVariation',
    modelOptional: true,
  },
  '/videos': {
    summary: 'Begin to make a video',
    tag: 'Videos',
    name: 'Video',
    request: { prompt: 'string' },
    response: { id: 'string', object: 'string', status: 'string' },
    url: 'https://platform.openai.com/docs/api-reference/videos/create',
    modelOptional: true,
  },
  'GET /videos': {
    summary: 'List the videos of a model, named by ?model=',
    tag: 'Videos',
    name: 'VideoList',
    request: {},
    response: { object: 'string', data: 'array' },
    url: 'https://platform.openai.com/docs/api-reference/videos/list',
  },
  'GET /videos/{video_id}': {
    summary: 'Tell how far a video is',
    tag: 'Videos',
    name: 'VideoStatus',
    request: {},
    response: { id: 'string', object: 'string', status: 'string' },
    url: 'https://platform.openai.com/docs/api-reference/videos/retrieve',
  },
  'DELETE /videos/{video_id}': {
    summary: 'Delete a video',
    tag: 'Videos',
    name: 'VideoDeletion',
    request: {},
    response: { id: 'string', object: 'string', deleted: 'any' },
    url: 'https://platform.openai.com/docs/api-reference/videos/delete',
  },
  '/videos/{video_id}/content': {
    summary: 'Fetch the file of a finished video',
    tag: 'Videos',
    name: 'VideoContent',
    request: {},
    response: {},
    url: 'https://platform.openai.com/docs/api-reference/videos/content',
    answers: 'video/*',
  },
  '/videos/{video_id}/remix': {
    summary: 'Make a video anew from another',
    tag: 'Videos',
    name: 'VideoRemix',
    request: { prompt: 'string' },
    response: { id: 'string', object: 'string', status: 'string' },
    url: 'https://platform.openai.com/docs/api-reference/videos/remix',
    modelOptional: true,
  },
  '/ocr': {
    summary: 'Read a document into Markdown',
    tag: 'Documents',
    name: 'Ocr',
    request: { document: 'object' },
    response: { object: 'string', model: 'string', pages: 'array' },
    url: 'https://docs.mistral.ai/api/endpoint/ocr',
  },
  '/search': {
    summary: 'Search the web with a tool, named by search_tool_name',
    tag: 'Search',
    name: 'Search',
    request: { query: 'any' },
    response: { object: 'string', results: 'array' },
    url: 'https://docs.perplexity.ai/api-reference/search-post',
    modelOptional: true,
  },
  '/search/{search_tool}': {
    summary: 'Search the web with a tool',
    tag: 'Search',
    name: 'Search',
    request: { query: 'any' },
    response: { object: 'string', results: 'array' },
    url: 'https://docs.perplexity.ai/api-reference/search-post',
    modelOptional: true,
  },
  '/embeddings': {
    summary: 'Turn texts into vectors',
    tag: 'Embeddings',
    name: 'Embeddings',
    request: { input: 'any' },
    response: { object: 'string', data: 'array', model: 'string', usage: 'object' },
    url: 'https://platform.openai.com/docs/api-reference/embeddings/create',
  },
  '/converse': {
    summary: 'Answer a conversation, in the format of Converse',
    tag: 'Chat',
    name: 'Converse',
    request: { messages: 'array' },
    response: { output: 'object', stopReason: 'string', usage: 'object' },
    url: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
  },
  '/converse-stream': {
    summary: 'As converse, as a stream',
    tag: 'Chat',
    name: 'Converse',
    request: { messages: 'array' },
    response: { output: 'object', stopReason: 'string', usage: 'object' },
    url: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html',
    streams: 'always',
    answers: 'application/vnd.amazon.eventstream',
  },
  ':generateContent': {
    summary: 'Answer a conversation, in the format of generateContent',
    tag: 'Chat',
    name: 'GenerateContent',
    request: { contents: 'array' },
    response: { candidates: 'array' },
    url: 'https://ai.google.dev/api/generate-content#method:-models.generatecontent',
  },
  ':streamGenerateContent': {
    summary: 'As generateContent, as a stream',
    tag: 'Chat',
    name: 'GenerateContent',
    request: { contents: 'array' },
    response: { candidates: 'array' },
    url: 'https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent',
    streams: 'always',
  },
  ':embedContent': {
    summary: 'Turn one content into a vector',
    tag: 'Embeddings',
    name: 'EmbedContent',
    request: { content: 'object' },
    response: { embedding: 'object' },
    url: 'https://ai.google.dev/api/embeddings#method:-models.embedcontent',
  },
  ':batchEmbedContents': {
    summary: 'Turn several contents into vectors',
    tag: 'Embeddings',
    name: 'BatchEmbedContents',
    request: { requests: 'array' },
    response: { embeddings: 'array' },
    url: 'https://ai.google.dev/api/embeddings#method:-models.batchembedcontents',
  },
  ':countTokens': {
    summary: 'Count the tokens of contents',
    tag: 'Tokens',
    name: 'CountTokens',
    request: {},
    response: { totalTokens: 'integer' },
    url: 'https://ai.google.dev/api/tokens#method:-models.counttokens',
  },
}

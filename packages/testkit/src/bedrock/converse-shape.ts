import {
  anything,
  filledText,
  flag,
  integer,
  list,
  number,
  oneOf,
  openRecord,
  record,
  type Shape,
  text,
  Violation,
} from '../wire/shape.ts'

/** A union: an object with exactly one of these fields. */
function oneField(shapes: Record<string, Shape>): Shape {
  const fields = record({}, shapes)
  return (value, path) => {
    fields(value, path)
    if (Object.keys(value as object).length !== 1)
      throw new Violation('value', path, `one of ${Object.keys(shapes).join(', ')}`, value)
  }
}

const blank: Shape = (value, path) => {
  text(value, path)
  if (String(value).trim() === '') throw new Violation('value', path, 'text that is not blank', value)
}

function matching(pattern: RegExp): Shape {
  return (value, path) => {
    text(value, path)
    if (!pattern.test(String(value)))
      throw new Violation('value', path, `a text like ${pattern.source}`, value)
  }
}

const base64: Shape = matching(/^[A-Za-z0-9+/]+={0,2}$/)
const toolName = matching(/^[a-zA-Z0-9_-]{1,64}$/)
const empty = record({})
const s3 = record({ uri: matching(/^s3:\/\//) }, { bucketOwner: text })
const source = oneField({ bytes: base64, s3Location: s3 })

const cachePoint = record({ type: oneOf('default') }, { ttl: oneOf('5m', '1h') })
const image = record({ format: oneOf('png', 'jpeg', 'gif', 'webp'), source })
const citations = record({ enabled: flag })
const document = record(
  {
    name: matching(/^[a-zA-Z0-9\s\-()[\]]{1,200}$/),
    source: oneField({ bytes: base64, s3Location: s3, text, content: list(record({ text })) }),
  },
  {
    format: oneOf('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
    context: text,
    citations,
  },
)
const video = record({
  format: oneOf('mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'),
  source,
})
const audio = record({ format: filledText, source })
const guardContent = oneField({
  text: record({ text }, { qualifiers: list(oneOf('grounding_source', 'query', 'guard_content')) }),
  image: record({ format: oneOf('png', 'jpeg'), source: oneField({ bytes: base64 }) }),
})
const searchResult = record({ source: text, title: text, content: list(record({ text })) }, { citations })
const toolResult = record(
  {
    toolUseId: toolName,
    content: list(oneField({ text, json: anything, image, document, video, searchResult })),
  },
  { status: oneOf('success', 'error') },
)
const reasoningContent = oneField({
  reasoningText: record({ text }, { signature: text }),
  redactedContent: base64,
})
const block = oneField({
  text: blank,
  image,
  document,
  video,
  audio,
  toolUse: record({ toolUseId: toolName, name: toolName, input: openRecord }),
  toolResult,
  guardContent,
  cachePoint,
  reasoningContent,
  searchResult,
  citationsContent: openRecord,
})

const tool = oneField({
  toolSpec: record(
    { name: toolName, inputSchema: oneField({ json: openRecord }) },
    { description: filledText, strict: flag },
  ),
  systemTool: record({ name: filledText }),
  cachePoint,
})
const toolConfig = record(
  { tools: list(tool, 1) },
  { toolChoice: oneField({ auto: empty, any: empty, tool: record({ name: toolName }) }) },
)
const textFormat = record({
  type: oneOf('json_schema'),
  structure: oneField({ jsonSchema: record({ schema: filledText }, { name: text, description: text }) }),
})

/** The body of `POST /model/{id}/converse`, https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. */
export const converseShape = record(
  { messages: list(record({ role: oneOf('user', 'assistant'), content: list(block, 1) }), 1) },
  {
    system: list(oneField({ text: blank, guardContent, cachePoint })),
    inferenceConfig: record(
      {},
      {
        maxTokens: integer(1),
        temperature: number(0, 1),
        topP: number(0, 1),
        stopSequences: list(filledText),
      },
    ),
    toolConfig,
    guardrailConfig: record(
      { guardrailIdentifier: filledText, guardrailVersion: filledText },
      { trace: oneOf('enabled', 'disabled', 'enabled_full'), streamProcessingMode: oneOf('sync', 'async') },
    ),
    additionalModelRequestFields: openRecord,
    additionalModelResponseFieldPaths: list(text),
    promptVariables: openRecord,
    requestMetadata: openRecord,
    performanceConfig: record({}, { latency: oneOf('standard', 'optimized') }),
    serviceTier: record({ type: oneOf('default', 'flex', 'priority', 'reserved') }),
    outputConfig: record({}, { textFormat, effort: text }),
  },
)

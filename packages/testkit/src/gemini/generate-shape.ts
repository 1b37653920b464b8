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

const upperTypes = ['TYPE_UNSPECIFIED', 'STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']

/** Google's reduced schema: types in upper or lower case, and no `$ref`, `additionalProperties` or `const`. */
export const schema: Shape = (value, path) => schemaShape(value, path)

const count: Shape = (value, path) => {
  if (typeof value !== 'string') integer(0)(value, path)
}

const schemaShape = record(
  {},
  {
    type: (value, path) => oneOf(...upperTypes, ...upperTypes.map(type => type.toLowerCase()))(value, path),
    anyOf: list(schema),
    default: anything,
    description: text,
    enum: list(text),
    example: anything,
    format: text,
    items: schema,
    maxItems: count,
    maxLength: count,
    maxProperties: count,
    maximum: number(),
    minItems: count,
    minLength: count,
    minProperties: count,
    minimum: number(),
    nullable: flag,
    pattern: text,
    properties: (value, path) => {
      openRecord(value, path)
      for (const [name, one] of Object.entries(value as object)) schema(one, [...path, name])
    },
    propertyOrdering: list(text),
    required: list(text),
    title: text,
  },
)

const blob = record({ mimeType: filledText, data: filledText }, { displayName: text })
const part = record(
  {},
  {
    text,
    inlineData: blob,
    fileData: record({ fileUri: filledText }, { mimeType: text, displayName: text }),
    functionCall: record({ name: filledText }, { args: openRecord, id: text }),
    functionResponse: record(
      { name: filledText, response: openRecord },
      { id: text, parts: list(openRecord), scheduling: text, willContinue: flag },
    ),
    executableCode: openRecord,
    codeExecutionResult: openRecord,
    toolCall: openRecord,
    toolResponse: openRecord,
    thought: flag,
    thoughtSignature: text,
    videoMetadata: openRecord,
    partMetadata: openRecord,
    mediaResolution: openRecord,
  },
)

const dataFields = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]

/** A part holds exactly one kind of data. */
const partOfOneKind: Shape = (value, path) => {
  part(value, path)
  const kinds = Object.keys(value as object).filter(key => dataFields.includes(key))
  if (kinds.length === 1) return
  throw new Violation('value', path, "exactly one initialized field of the oneof 'data'", kinds)
}

const parts = list(partOfOneKind, 1)
export const content = record({ parts }, { role: oneOf('user', 'model', 'function') })
const instruction = record({ parts }, { role: text })

const functionDeclaration = record(
  { name: filledText },
  {
    description: text,
    behavior: text,
    parameters: schema,
    parametersJsonSchema: anything,
    response: schema,
    responseJsonSchema: anything,
  },
)
const tool = record(
  {},
  {
    functionDeclarations: list(functionDeclaration),
    googleSearch: openRecord,
    googleSearchRetrieval: openRecord,
    googleMaps: openRecord,
    codeExecution: openRecord,
    computerUse: openRecord,
    urlContext: openRecord,
    fileSearch: openRecord,
    mcpServers: list(openRecord),
  },
)
const toolConfig = record(
  {},
  {
    functionCallingConfig: record(
      {},
      {
        mode: oneOf('MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'),
        allowedFunctionNames: list(text),
      },
    ),
    retrievalConfig: openRecord,
    includeServerSideToolInvocations: flag,
  },
)
const thinkingConfig = record(
  {},
  {
    includeThoughts: flag,
    thinkingBudget: integer(-1),
    thinkingLevel: oneOf(
      'THINKING_LEVEL_UNSPECIFIED',
      'MINIMAL',
      'LOW',
      'MEDIUM',
      'HIGH',
      'minimal',
      'low',
      'medium',
      'high',
    ),
  },
)
const generationConfig = record(
  {},
  {
    audioTranscriptionConfig: openRecord,
    candidateCount: integer(1, 8),
    enableEnhancedCivicAnswers: flag,
    frequencyPenalty: number(-2, 2),
    imageConfig: openRecord,
    logprobs: integer(0, 20),
    maxOutputTokens: integer(1),
    mediaResolution: text,
    presencePenalty: number(-2, 2),
    responseJsonSchema: anything,
    responseLogprobs: flag,
    responseMimeType: oneOf('text/plain', 'application/json', 'text/x.enum'),
    responseModalities: list(oneOf('MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'AUDIO', 'VIDEO')),
    responseSchema: schema,
    seed: integer(),
    speechConfig: openRecord,
    stopSequences: list(text),
    temperature: number(0, 2),
    thinkingConfig,
    topK: integer(1),
    topP: number(0, 1),
  },
)
const safetySetting = record(
  {
    category: text,
    threshold: oneOf(
      'HARM_BLOCK_THRESHOLD_UNSPECIFIED',
      'BLOCK_LOW_AND_ABOVE',
      'BLOCK_MEDIUM_AND_ABOVE',
      'BLOCK_ONLY_HIGH',
      'BLOCK_NONE',
      'OFF',
    ),
  },
  { method: text },
)

/** The body of `:generateContent`, https://ai.google.dev/api/generate-content. */
export const generateShape = record(
  { contents: list(content, 1) },
  {
    // A client may repeat the path's model here.
    model: text,
    systemInstruction: instruction,
    generationConfig,
    safetySettings: list(safetySetting),
    tools: list(tool),
    toolConfig,
    cachedContent: text,
    labels: openRecord,
    serviceTier: text,
    store: flag,
  },
)

/** The body of `:countTokens`: contents, or a whole request. */
export const countTokensShape = record(
  {},
  { contents: list(content, 1), generateContentRequest: (value, path) => generateShape(value, path) },
)

const embedOptions = { model: text, taskType: text, title: text, outputDimensionality: integer(1, 3072) }
/** The body of `:embedContent`, https://ai.google.dev/api/embeddings. */
export const embedShape = record({ content }, { ...embedOptions, embedContentConfig: openRecord })
/** The body of `:batchEmbedContents`; every request must name the model. */
export const batchEmbedShape = record({
  requests: list(record({ content, model: filledText }, { ...embedOptions }), 1),
})

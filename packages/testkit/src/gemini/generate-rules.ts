import { signatureOf } from '../answer/signature.ts'
import { asObject, asObjects, asText, asTexts, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'

/** Documented stand-ins for a signature that is not known, https://ai.google.dev/gemini-api/docs/thought-signatures. */
const standIns = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']

/** Checks what a shape cannot say: turns, function calls, signatures, output formats. Throws `Failure`. */
export function checkGenerateRules(body: JsonObject, model: string): void {
  const contents = asObjects(body.contents)
  if (contents.length > 1 && contents.some(content => content.role === undefined)) {
    refuse('Please use a valid role: user, model.')
  }
  checkFunctionTurns(contents)
  checkSignatures(contents, model)
  checkOutput(asObject(body.generationConfig))
  checkFunctionNames(body)
}

function refuse(message: string): never {
  throw new Failure('invalid', { message })
}

/** What a model's call is signed with. */
export function signatureOfCall(call: JsonObject): string {
  return signatureOf(`${asText(call.name)} ${JSON.stringify(call.args ?? {})}`)
}

function partsOf(content: JsonObject | undefined, kind: string): JsonObject[] {
  return asObjects(content?.parts)
    .filter(part => part[kind] !== undefined)
    .map(part => asObject(part[kind]))
}

function checkFunctionTurns(contents: readonly JsonObject[]): void {
  for (const [index, content] of contents.entries()) {
    const calls = partsOf(content, 'functionCall')
    const responses = partsOf(content, 'functionResponse')
    const previous = partsOf(contents[index - 1], 'functionCall')
    if (calls.length > 0 && content.role !== 'model')
      refuse('Please ensure that function call parts have the role model.')
    if (calls.length > 0 && contents[index - 1]?.role === 'model') {
      refuse(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    }
    if (responses.length > 0 && content.role === 'model') {
      refuse('Please ensure that function response parts have the role user or function.')
    }
    if (responses.length > 0 && previous.length === 0) {
      refuse('Please ensure that function response turn comes immediately after a function call turn.')
    }
    if (previous.length > 0) checkAnswers(previous, responses)
  }
  if (partsOf(contents.at(-1), 'functionCall').length > 0) {
    refuse('Please ensure that a function call turn is followed by a function response turn.')
  }
}

function checkAnswers(calls: readonly JsonObject[], responses: readonly JsonObject[]): void {
  if (calls.length !== responses.length) {
    refuse(
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    )
  }
  const open = calls.map(call => call.name)
  for (const response of responses) {
    const at = open.indexOf(response.name)
    if (at < 0)
      refuse(
        `Please ensure that function response ${asText(response.name)} answers a function call of the same name.`,
      )
    open.splice(at, 1)
    const ids = calls.map(call => call.id)
    if (response.id !== undefined && ids.some(id => id !== undefined) && !ids.includes(response.id)) {
      refuse(`Please ensure that function response id ${asText(response.id)} is the id of a function call.`)
    }
  }
}

/** Gemini 3 wants the signature of the first call of each step of the current turn; a wrong one never passes. */
function checkSignatures(contents: readonly JsonObject[], model: string): void {
  const turnStart = contents.findLastIndex(
    content => content.role !== 'model' && asObjects(content.parts).some(part => part.text !== undefined),
  )
  for (const [index, content] of contents.entries()) {
    const calling = asObjects(content.parts).filter(part => part.functionCall !== undefined)
    for (const [at, part] of calling.entries()) {
      const call = asObject(part.functionCall)
      const signature = asText(part.thoughtSignature)
      if (signature === '' && at === 0 && index > turnStart && model.startsWith('gemini-3')) {
        refuse(
          'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, ' +
            'and missing thought_signature may lead to degraded model performance. ' +
            `Additional data, function call \`default_api:${asText(call.name)}\` , position ${index + 1}.`,
        )
      }
      if (signature !== '' && !isValid(signature, call)) refuse('Thought signature is not valid.')
    }
  }
}

function isValid(signature: string, call: JsonObject): boolean {
  const plain = Buffer.from(signature, 'base64').toString()
  return signature === signatureOfCall(call) || standIns.includes(signature) || standIns.includes(plain)
}

function checkOutput(config: JsonObject): void {
  const schema = config.responseSchema ?? config.responseJsonSchema
  if (
    schema !== undefined &&
    config.responseMimeType !== 'application/json' &&
    config.responseMimeType !== 'text/x.enum'
  ) {
    refuse('Setting a response schema requires response_mime_type to be application/json or text/x.enum.')
  }
  if (config.responseSchema !== undefined && config.responseJsonSchema !== undefined) {
    refuse('Only one of response_schema and response_json_schema may be set.')
  }
  const thinking = asObject(config.thinkingConfig)
  if (thinking.thinkingBudget !== undefined && thinking.thinkingLevel !== undefined) {
    refuse('You can only set only one of thinking budget and thinking level.')
  }
}

function checkFunctionNames(body: JsonObject): void {
  const declared = asObjects(body.tools).flatMap(tool => asObjects(tool.functionDeclarations))
  const names = declared.map(one => asText(one.name))
  for (const [index, name] of names.entries()) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(name)) {
      refuse(
        `* GenerateContentRequest.tools[0].function_declarations[${index}].name: [FIELD_INVALID] Invalid function name. ` +
          'Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.',
      )
    }
  }
  if (new Set(names).size < names.length) refuse('Duplicate function declaration found.')
  const config = asObject(asObject(body.toolConfig).functionCallingConfig)
  const allowed = asTexts(config.allowedFunctionNames)
  const unknown = allowed.find(name => !names.includes(name))
  if (unknown !== undefined) refuse(`allowed_function_names: ${unknown} is not a declared function.`)
  if (allowed.length > 0 && config.mode !== 'ANY' && config.mode !== 'VALIDATED') {
    refuse('Please set allowed_function_names only when function calling mode is ANY.')
  }
  if (config.mode === 'ANY' && names.length === 0) {
    refuse('Function calling config is set without function_declarations.')
  }
}

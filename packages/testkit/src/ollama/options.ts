import {
  anything,
  flag,
  integer,
  list,
  number,
  openRecord,
  record,
  type Shape,
  text,
  textOr,
  Violation,
} from '../wire/shape.ts'

/** Settings of the model's runner, https://docs.ollama.com/modelfile#valid-parameters-and-values. */
export const options: Shape = record(
  {},
  {
    num_ctx: integer(1),
    num_predict: integer(-2),
    num_keep: integer(),
    num_batch: integer(1),
    num_gpu: integer(),
    num_thread: integer(),
    seed: integer(),
    stop: list(text),
    temperature: number(0),
    top_k: integer(0),
    top_p: number(0),
    min_p: number(0),
    typical_p: number(0),
    repeat_last_n: integer(-1),
    repeat_penalty: number(),
    presence_penalty: number(),
    frequency_penalty: number(),
    mirostat: integer(0, 2),
    mirostat_tau: number(),
    mirostat_eta: number(),
    penalize_newline: flag,
    use_mmap: flag,
    main_gpu: integer(),
  },
)

/** `json` or a schema. */
export const format: Shape = (value, path) => {
  if (value === '' || value === 'json') return
  textOr(openRecord)(value, path)
  if (typeof value === 'string') throw new Violation('value', path, "'json' or a JSON schema", value)
}

export const think: Shape = (value, path) => {
  if (typeof value === 'boolean' || value === 'low' || value === 'medium' || value === 'high') return
  throw new Violation('value', path, "true, false, 'high', 'medium' or 'low'", value)
}

/** What chat, generate and embed have in common. */
export const common = { options, keep_alive: anything, truncate: flag, shift: flag }

/** OpenAI's models that write on and do not chat; the text completions of others go through chat. */
export function writesOn(model: string): boolean {
  return /instruct|^(ft:)?(davinci|babbage)-/.test(model)
}

/** Where a text stops being JSON. Line and column count from 1, offset from 0. */
export interface JsonError {
  readonly offset: number
  readonly line: number
  readonly column: number
  /** What should have stood there. */
  readonly expected: string
}

/** Finds the first error of a text that `JSON.parse` refused. Runs on failure only. */
export function findJsonError(text: string): JsonError {
  const scanner = new Scanner(text)
  scanner.run()
  const before = text.slice(0, scanner.at)
  const line = before.split('\n').length
  return {
    offset: scanner.at,
    line,
    column: scanner.at - before.lastIndexOf('\n'),
    expected: scanner.expected,
  }
}

const LITERALS = ['true', 'false', 'null'] as const
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** Whether a string may hold the character as it is; control characters are those that sort before the space. */
function isPlain(char: string | undefined): boolean {
  return char !== undefined && char >= ' ' && char !== '"' && char !== '\\'
}

/** A scanner with its own stack, so that deep nesting cannot exhaust ours. Stops at the first error. */
class Scanner {
  at = 0
  expected = 'unexpected text after the end'
  private readonly text: string
  private readonly open: ('{' | '[')[] = []

  constructor(text: string) {
    this.text = text
  }

  run(): void {
    let more = this.value()
    while (more && this.open.length > 0) more = this.afterValue()
    if (more) this.space()
  }

  /** Reads a value; of one that nests, as deep as its beginnings go. */
  private value(): boolean {
    for (;;) {
      this.space()
      const char = this.text[this.at]
      if (char !== '{' && char !== '[') return this.scalar(char)
      this.at++
      this.space()
      if (this.text[this.at] === (char === '{' ? '}' : ']')) {
        this.at++
        return true
      }
      this.open.push(char)
      if (char === '{' && !this.key()) return false
    }
  }

  private scalar(char: string | undefined): boolean {
    if (char === '"') return this.string()
    const literal = LITERALS.find(word => this.text.startsWith(word, this.at))
    if (literal === undefined) return this.skip(NUMBER) || this.fail('expected a value')
    this.at += literal.length
    return true
  }

  private afterValue(): boolean {
    const inside = this.open.at(-1)
    this.space()
    const char = this.text[this.at]
    if (char === ',') {
      this.at++
      return inside === '{' ? this.key() && this.value() : this.value()
    }
    const closing = inside === '{' ? '}' : ']'
    if (char !== closing) return this.fail(`expected "," or "${closing}"`)
    this.at++
    this.open.pop()
    return true
  }

  private key(): boolean {
    this.space()
    if (this.text[this.at] !== '"') return this.fail('expected a property name in double quotes')
    if (!this.string()) return false
    this.space()
    if (this.text[this.at] !== ':') return this.fail('expected ":"')
    this.at++
    return true
  }

  private string(): boolean {
    this.at++
    for (;;) {
      let char = this.text[this.at]
      while (isPlain(char)) char = this.text[++this.at]
      if (char === '"') {
        this.at++
        return true
      }
      if (char !== '\\')
        return this.fail(
          char === undefined ? 'the text ends inside a string' : 'a control character must be escaped',
        )
      if (!this.skip(ESCAPE)) return this.fail('an invalid escape sequence')
    }
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (!found || found[0] === '') return false
    this.at = pattern.lastIndex
    return true
  }

  private fail(expected: string): false {
    this.expected = expected
    return false
  }
}

import type { WriteStream } from 'node:tty'

/** Colours only where a person looks, and never against their word. Source: https://no-color.org */
export function useColor(stream: NodeJS.WriteStream | WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors()
}

/** Bold and dim text, or plain text where there are no colours. */
export function paint(stream: NodeJS.WriteStream) {
  const on = useColor(stream)
  return {
    bold: (text: string) => (on ? `\u001b[1m${text}\u001b[22m` : text),
    dim: (text: string) => (on ? `\u001b[2m${text}\u001b[22m` : text),
    green: (text: string) => (on ? `\u001b[32m${text}\u001b[39m` : text),
    red: (text: string) => (on ? `\u001b[31m${text}\u001b[39m` : text),
    yellow: (text: string) => (on ? `\u001b[33m${text}\u001b[39m` : text),
  }
}

/** `sluice … | head` closes our output early: nobody reads on, and what the command does is done all the same. */
export function outliveReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

import type { TranscribedSegment, TranscriptionResponse } from '../../types/transcription.ts'

/** Seconds of speech and characters one subtitle made of words may have. */
const LONGEST_SECONDS = 7
const LONGEST_TEXT = 80

/** A transcript as SubRip subtitles. Source: https://www.matroska.org/technical/subtitles.html#srt-subtitles */
export function toSrt(transcript: TranscriptionResponse): string {
  return cuesOf(transcript)
    .map(
      ({ start, end, text }, index) =>
        `${index + 1}\n${clock(start, ',')} --> ${clock(end, ',')}\n${text}\n\n`,
    )
    .join('')
}

/** A transcript as WebVTT. Source: https://www.w3.org/TR/webvtt1/ */
export function toVtt(transcript: TranscriptionResponse): string {
  const cues = cuesOf(transcript).map(
    ({ start, end, text }) =>
      `${clock(start, '.')} --> ${clock(end, '.')}\n${text.replaceAll('-->', '->')}\n\n`,
  )
  return `WEBVTT\n\n${cues.join('')}`
}

type Cue = Pick<TranscribedSegment, 'start' | 'end' | 'text'>

/** False where the provider told what was said, and in no way when. */
export function hasTimes({ segments, words, text, duration }: TranscriptionResponse): boolean {
  return Boolean(segments?.length || words?.length) || text.trim() === '' || duration !== undefined
}

/** Segments as they are, else words gathered into lines, else all as one. */
function cuesOf({ segments, words, text, duration = 0 }: TranscriptionResponse): Cue[] {
  if (segments?.length)
    return segments.map(({ start, end, text: said }) => ({ start, end, text: said.trim() }))
  if (words?.length) return linesOf(words)
  return text.trim() === '' ? [] : [{ start: 0, end: duration, text: text.trim() }]
}

function linesOf(words: readonly { word: string; start: number; end: number }[]): Cue[] {
  const lines: Cue[] = []
  for (const { word, start, end } of words) {
    const line = lines.at(-1)
    const joined = line && `${line.text} ${word.trim()}`
    const fits = line && joined && joined.length <= LONGEST_TEXT && end - line.start <= LONGEST_SECONDS
    if (fits && !/[.!?]$/.test(line.text)) lines[lines.length - 1] = { start: line.start, end, text: joined }
    else lines.push({ start, end, text: word.trim() })
  }
  return lines
}

/** Seconds as `00:01:02,345`. */
function clock(seconds: number, separator: ',' | '.'): string {
  const ms = Math.round(Math.max(seconds, 0) * 1000)
  const part = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, '0')
  const time = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map(value => part(value)).join(':')
  return `${time}${separator}${part(ms % 1000, 3)}`
}

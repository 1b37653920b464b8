/** Prometheus text format, version 0.0.4. Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */

export type LabelSet = Readonly<Record<string, string>>

/** One metric family, ready to be written. */
export class Family {
  private readonly lines: string[] = []
  private readonly name: string

  constructor(name: string, help: string, type: 'counter' | 'gauge' | 'histogram') {
    this.name = name
    this.lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
  }

  sample(labels: LabelSet, value: number, suffix = ''): this {
    this.lines.push(`${this.name}${suffix}${formatLabels(labels)} ${value}`)
    return this
  }

  /** Cumulative buckets, count and sum. `counts` holds one more entry than `bounds`: those above the last. */
  histogram(labels: LabelSet, bounds: readonly number[], counts: ArrayLike<number>, sum: number): this {
    // Dozens of lines share these labels: they are written once.
    const pairs = formatPairs(labels)
    const start = `${this.name}_bucket{${pairs === '' ? '' : `${pairs},`}le="`
    let cumulative = 0
    for (let index = 0; index < counts.length; index++) {
      cumulative += counts[index] as number
      this.lines.push(`${start}${bounds[index] ?? '+Inf'}"} ${cumulative}`)
    }
    return this.sample(labels, cumulative, '_count').sample(labels, sum, '_sum')
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`
  }
}

function formatLabels(labels: LabelSet): string {
  const pairs = formatPairs(labels)
  return pairs === '' ? '' : `{${pairs}}`
}

function formatPairs(labels: LabelSet): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escape(value)}"`)
    .join(',')
}

function escape(value: string): string {
  return value.replace(/[\\"\n\r\u2028\u2029]/g, char => ESCAPES[char] ?? '')
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': ' ' }

/** What is known of a metric before anything is counted. */
export interface MetricFact {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
}

/** Something that has metrics to tell when Prometheus asks. */
export interface MetricSource {
  /** Prometheus's text format. */
  expose(): string
}

import type { News, Newswire } from '../news/newswire.ts'

interface Held {
  readonly from: object
  readonly news: News
  readonly until: number
}

/** A newswire between tables of one process. News arrives before `publish` returns. */
export class LocalWire {
  /** Everything that was told, oldest first. */
  readonly told: News[] = []
  private readonly held = new Map<string, Held>()
  private readonly listeners: { of: object; topic: string; listener: (news: News) => void }[] = []
  private readonly now: () => number

  constructor(now: () => number = Date.now) {
    this.now = now
  }

  /** One replica's end of it. */
  join(): Newswire {
    const self = {}
    return {
      publish: news => {
        this.told.push(news)
        this.held.set(`${news.topic}\0${news.key}`, { from: self, news, until: this.now() + news.ttlMs })
        for (const { of, topic, listener } of [...this.listeners])
          if (of !== self && topic === news.topic) listener(news)
      },
      subscribe: (topic, listener) => {
        const entry = { of: self, topic, listener }
        this.listeners.push(entry)
        for (const { from, news, until } of this.held.values()) {
          const ttlMs = until - this.now()
          if (from !== self && news.topic === topic && ttlMs > 0) listener({ ...news, ttlMs })
        }
        return () => void this.listeners.splice(this.listeners.indexOf(entry), 1)
      },
    }
  }
}

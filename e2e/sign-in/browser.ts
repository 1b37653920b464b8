/** As much of a browser as signing in needs: cookies by host and path, redirects, forms. */
export class Browser {
  readonly #cookies = new Map<string, { value: string; path: string; host: string }>()

  /** One request, with cookies, without following anything. */
  async request(url: string, options: RequestInit = {}): Promise<Response> {
    const { host, pathname } = new URL(url)
    const cookie = [...this.#cookies]
      .filter(([, each]) => each.host === host && pathname.startsWith(each.path))
      .map(([name, { value }]) => `${name.slice(name.indexOf(' ') + 1)}=${value}`)
      .join('; ')
    const headers = new Headers(options.headers)
    if (cookie !== '') headers.set('cookie', cookie)
    const response = await fetch(url, { ...options, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(line, host)
    return response
  }

  /** Follows redirects until something else is answered, or `until` says stop; gives where that is. */
  async visit(
    url: string,
    until: (url: URL) => boolean = () => false,
  ): Promise<{ url: URL; response: Response }> {
    let here = new URL(url)
    for (let hop = 0; hop < 20; hop++) {
      const response = await this.request(here.href)
      const to = response.headers.get('location')
      if (to === null) return { url: here, response }
      here = new URL(to, here)
      if (until(here)) return { url: here, response }
    }
    throw new Error('too many redirects')
  }

  /** Signs in and consents on the provider's own pages, and stops where it sends the browser back to. */
  async signInAt(start: string, login: string, isBack: (url: URL) => boolean): Promise<URL> {
    let page = await this.visit(start, isBack)
    for (let form = 0; form < 3 && !isBack(page.url); form++) {
      const html = await page.response.text()
      const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1]
      const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1]
      if (action === undefined || prompt === undefined)
        throw new Error(`no form at ${page.url.href}: ${html.slice(0, 800)}`)
      const body = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) })
      const sent = await this.request(new URL(action, page.url).href, { method: 'POST', body })
      const to = sent.headers.get('location')
      if (to === null) throw new Error(`the form led nowhere: ${sent.status} ${await sent.text()}`)
      page = await this.visit(new URL(to, page.url).href, isBack)
    }
    return page.url
  }

  cookie(name: string): string | undefined {
    return [...this.#cookies].find(([key]) => key.endsWith(` ${name}`))?.[1].value
  }

  #keep(line: string, host: string): void {
    const [pair = '', ...attributes] = line.split(';').map(each => each.trim())
    const [name = '', ...value] = pair.split('=')
    const read = (wanted: string) =>
      attributes.find(each => each.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1)
    const key = `${host} ${name}`
    if (read('max-age') === '0' || new Date(read('expires') ?? '2099').getTime() < Date.now())
      this.#cookies.delete(key)
    else this.#cookies.set(key, { value: value.join('='), path: read('path') ?? '/', host })
  }
}

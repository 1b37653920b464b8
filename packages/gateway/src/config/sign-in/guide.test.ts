import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { loadText } from '../testing/load-text.ts'

const guide = await readFile(new URL('../../../../../docs/guides/sign-in.md', import.meta.url), 'utf8')
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text)

const env = Object.fromEntries(
  blocks('sh')
    .flatMap(text => text.trim().split('\n'))
    .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
)

test.each(blocks('yaml'))(
  'the guide’s configuration is one that starts, without a warning:\n%s',
  async text => {
    const variables = { LITELLM_MASTER_KEY: 'sk-master-of-the-house', ...env }
    const { settings, warnings } = await loadText(text, {
      env: variables,
      files: { 'auth.mjs': blocks('js').join('\n') },
    })
    expect(warnings.map(({ message }) => message)).toEqual([])
    expect(settings.signIn.sso.providers).toMatchObject([{ name: 'generic', issuer: env['GENERIC_ISSUER'] }])
  },
)

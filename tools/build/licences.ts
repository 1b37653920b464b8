import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Metafile } from 'esbuild'

/** The licence texts of every package that esbuild put into a bundle, one section per package and version. */
export function licences(workingFolder: string, metafile: Metafile): string {
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.keys(output.inputs))
  const folders = new Set(inputs.map(packageFolder).filter(folder => folder !== undefined))
  const sections = [...folders].map(folder => section(resolve(workingFolder, folder)))
  return `This package contains code from the following packages.\n\n${sections.toSorted().join('\n')}`
}

/** `../../node_modules/@a/b/lib/x.js` → `../../node_modules/@a/b`; undefined for a source file of ours. */
function packageFolder(input: string): string | undefined {
  const parts = input.split('/')
  const at = parts.lastIndexOf('node_modules')
  if (at === -1) return undefined
  return parts.slice(0, at + (parts[at + 1]?.startsWith('@') ? 3 : 2)).join('/')
}

function section(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license?: string
  }
  const files = readdirSync(folder).filter(file => /^(licen[cs]e|notice|copying)/i.test(file))
  const texts = files.map(file => readFileSync(join(folder, file), 'utf8').trim())
  const body = texts.length > 0 ? texts.join('\n\n') : '(The package ships no licence file.)'
  return `== ${name} ${version} (${license ?? 'licence not stated'})\n\n${body}\n`
}

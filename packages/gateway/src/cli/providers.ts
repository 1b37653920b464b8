import { Command } from 'commander'
import { providers } from 'sluice/internal'
import { processEnvironment } from '../config/environment.ts'
import { paint } from './terminal.ts'

/** `sluice providers`: whom the gateway can call, and which of them have a key here. */
export function providersCommand(): Command {
  return new Command('providers').description('list the providers and their key variables').action(() => {
    const env = processEnvironment()
    const { green, dim } = paint(process.stdout)
    const width = Math.max(...[...providers.keys()].map(name => name.length))
    for (const { name, title, credentials } of [...providers.values()].sort((a, b) =>
      a.name.localeCompare(b.name),
    )) {
      const set = credentials.env.find(variable => env.get(variable))
      const mark = set ? green('●') : credentials.required ? dim('○') : green('●')
      process.stdout.write(
        `${mark} ${name.padEnd(width)}  ${title}  ${dim(credentials.env.join(', ') || 'no key needed')}\n`,
      )
    }
  })
}

import { processEnvironment } from '../config/environment.ts'
import { type CliOverrides, type LoadedConfig, type LoadOptions, loadConfig } from '../config/load-config.ts'

/** What every command that reads the configuration may be told. */
export interface ConfigFlags extends CliOverrides {
  readonly config?: string
}

/** The loader's options with the SDK's providers. */
export function loadOptions(flags: ConfigFlags): LoadOptions {
  return {
    ...(flags.config !== undefined && { path: flags.config }),
    cliOverrides: flags,
    env: processEnvironment(),
  }
}

/** Reads the configuration. Throws `ConfigError` with every problem. */
export function readConfig(flags: ConfigFlags): Promise<LoadedConfig> {
  return loadConfig(loadOptions(flags))
}

import { resolve } from 'node:path'
import type { Deployment } from 'sluice/internal'
import { warnOfRedis } from './build/build-redis.ts'
import { buildSettings, type SettingsParts } from './build/build-settings.ts'
import { checkSignIn } from './build/build-sign-in.ts'
import { checkSpendSinks } from './build/build-spend-sinks.ts'
import { checkHealthRouting } from './deployments/check-health-routing.ts'
import { allProviders } from './deployments/custom-providers.ts'
import { checkGroupNames } from './deployments/group-names.ts'
import { checkProviderBudgets } from './deployments/provider-budgets.ts'
import { type ModelListOptions, readModelList } from './deployments/read-model-list.ts'
import { searchToolDeployments } from './deployments/search-tools.ts'
import { zeroConfig } from './deployments/zero-config.ts'
import { commandLine, environmentVariables } from './keys/environment-variables.ts'
import { readSection } from './keys/read-section.ts'
import type { Row } from './keys/row.ts'
import { sectionsWith, topLevel } from './keys/top-level.ts'
import { loadModule, moduleFile } from './load-module.ts'
import { loadStrategy } from './load-strategy.ts'
import { ConfigError, type ConfigWarning, type Problem } from './problem.ts'
import { Report } from './report.ts'
import type { Settings } from './settings.ts'
import { customAuthShape } from './sign-in/load-custom-auth.ts'
import { type MapNode, mapOfTexts } from './source/node.ts'
import { readFiles } from './source/read-files.ts'
import { type Environment, resolveEnvironment, resolveMap, warnUnset } from './source/references.ts'

/** What the command line may set, as it was typed. */
export interface CliOverrides {
  readonly host?: string
  readonly port?: string | number
  readonly dataDirectory?: string
  readonly logLevel?: string
}

export interface LoadOptions {
  /** The config file; else CONFIG_FILE_PATH; else there is none and models come from the key variables found. */
  readonly path?: string
  readonly cliOverrides?: CliOverrides
  readonly env: Environment
}

export interface LoadedConfig {
  readonly settings: Settings
  readonly warnings: readonly ConfigWarning[]
  /** Absolute paths of the files read: the main one, its includes and the modules they name. */
  readonly files: readonly string[]
}

const EMPTY: MapNode = { kind: 'map', place: { file: 'defaults', line: 0, column: 0 }, entries: new Map() }

/**
 * Reads LiteLLM's `config.yaml`, the environment and the command line into frozen settings.
 * @throws ConfigError with every problem found.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const report = new Report(sectionsWith)
  const path = options.path ?? (options.env.get('CONFIG_FILE_PATH') || undefined)
  const { root: written, files } =
    path === undefined ? { root: EMPTY, files: [] } : await readFiles(path, report)
  if (!written) throw refusal(report, files)
  const environment = resolveEnvironment(written, options.env, report)
  const root = resolveMap(written, environment)
  const variables = readVariables(environment, report)
  const file = readSection(withoutLists(root), topLevel, '', report).values
  const providers = allProviders(file.providers, root, report)
  const deployments: readonly Deployment[] =
    path === undefined
      ? zeroConfig(environment, providers.values())
      : [
          ...readModelList(root, modelListOptions(root, providers, variables.LITELLM_ENVIRONMENT), report),
          ...searchToolDeployments(file.search_tools ?? [], root, providers, report),
        ]
  const strategy = file.router_settings?.routing_strategy
  const customAuth = file.general_settings?.custom_auth
  const modules = [strategy, customAuth].flatMap(each => (typeof each === 'object' ? [moduleFile(each)] : []))
  const parts: SettingsParts = {
    source: path === undefined ? undefined : resolve(path),
    environment,
    deployments,
    providers,
    file,
    variables,
    cli: readCli(options.cliOverrides ?? {}, report),
    strategy: await loadStrategy(strategy, report),
    customAuth: customAuth && (await loadModule(customAuth, customAuthShape, report)),
  }
  const settings = buildSettings(parts)
  if (path !== undefined) checkGroupNames(settings, root, report)
  checkHealthRouting(settings, root, report)
  checkSignIn(settings, parts, report)
  if (!settings.redis) warnOfRedis(parts, report)
  checkProviderBudgets(settings, root, report)
  checkSpendSinks(parts, root, report)
  warnUnset(withoutEnvironment(root), report)
  report.closeAccepted()
  if (report.problems.length > 0) throw refusal(report, [...files, ...modules])
  return { settings, warnings: inFileOrder(report.warnings, files), files: [...files, ...modules] }
}

function modelListOptions(
  root: MapNode,
  providers: ModelListOptions['providers'],
  environmentName: string | undefined,
): ModelListOptions {
  const router = root.entries.get('router_settings')?.value
  const defaults = router?.kind === 'map' ? router.entries.get('default_litellm_params')?.value : undefined
  return { providers, environmentName, defaults }
}

/** `model_list` and `credential_list` have readers of their own. */
function withoutLists(root: MapNode): MapNode {
  return without(root, ['model_list', 'credential_list'])
}

/** Its unset variables were named when it was read. */
function withoutEnvironment(root: MapNode): MapNode {
  return without(root, ['environment_variables'])
}

function without(root: MapNode, names: readonly string[]): MapNode {
  return { ...root, entries: new Map([...root.entries].filter(([name]) => !names.includes(name))) }
}

function readVariables(environment: Environment, report: Report): SettingsParts['variables'] {
  const rows: Readonly<Record<string, Row>> = environmentVariables.rows
  const wanted = [...environment].filter(([name, value]) => {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined
    // An empty variable means "not set", except where it would silently stand for a secret.
    return row ? value !== '' || row.type.secret : name.startsWith('SLUICE_')
  })
  const node = mapOfTexts(wanted, { file: 'environment', line: 0, column: 0 })
  return readSection(node, environmentVariables, '', report).values
}

function readCli(overrides: CliOverrides, report: Report): SettingsParts['cli'] {
  const { host, port, dataDirectory, logLevel } = overrides
  const options = {
    '--host': host,
    '--port': port,
    '--data-directory': dataDirectory,
    '--log-level': logLevel,
  }
  const node = mapOfTexts(Object.entries(options), { file: 'command line', line: 0, column: 0 })
  return readSection(node, commandLine, '', report).values
}

function refusal(report: Report, files: readonly string[]): ConfigError {
  return new ConfigError(inFileOrder(report.problems, files), inFileOrder(report.warnings, files), files)
}

function inFileOrder<T extends Problem>(problems: readonly T[], files: readonly string[]): readonly T[] {
  const rank = (problem: Problem) => (problem.line > 0 ? files.indexOf(resolve(problem.file)) : -1)
  return [...problems].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column)
}

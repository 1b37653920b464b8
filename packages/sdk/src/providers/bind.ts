import type { WireQuery } from '../codecs/codec.ts'
import { badRequest, createError } from '../errors.ts'
import type { Deployment } from '../types/deployment.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import { bridged } from './bridges.ts'
import type { Binding, Provider } from './provider.ts'

/**
 * An endpoint's binding at a provider for a model, if it has one; the client's own format first, so that bytes can be
 * relayed. What the provider lacks may go through another of its endpoints.
 */
export function findBinding<E extends EndpointName>(
  provider: Provider,
  endpoint: E,
  format: string | undefined,
  model: string,
): Binding<E> | undefined {
  const own = provider.endpoints[endpoint] as readonly Binding<E>[] | undefined
  return chosen(own, format, model) ?? chosen(bridged(provider, endpoint), format, model)
}

function chosen<E extends EndpointName>(
  bindings: readonly Binding<E>[] | undefined,
  format: string | undefined,
  model: string,
): Binding<E> | undefined {
  const serving = (candidate: Binding<E>) => candidate.serves === undefined || candidate.serves(model)
  return (
    bindings?.find(candidate => candidate.codec.format === format && serving(candidate)) ??
    bindings?.find(serving)
  )
}

/** As `findBinding`. Throws `BadRequestError` when the provider has no such endpoint. */
export function bind<E extends EndpointName>(
  provider: Provider,
  endpoint: E,
  format: string | undefined,
  model: string,
): Binding<E> {
  const binding = findBinding(provider, endpoint, format, model)
  if (binding) return binding
  throw createError({
    kind: 'bad_request',
    message: `${provider.title} has no ${endpoint} endpoint. Choose a model of a provider that has one.`,
    param: 'model',
  })
}

/** The absolute URL of a call. A base may end in the path's version, or in the whole path: LiteLLM users write all. */
export function urlOf<E extends EndpointName>(
  provider: Provider,
  binding: Binding<E>,
  at: { readonly model: string; readonly stream: boolean; readonly deployment: Deployment },
  baseFromEnvironment: string | undefined,
  wire: { readonly path?: string | undefined; readonly query?: WireQuery | undefined } = {},
): string {
  const { deployment } = at
  const base =
    deployment.apiBase ??
    baseFromEnvironment ??
    (typeof provider.baseUrl === 'string' ? provider.baseUrl : provider.baseUrl(deployment))
  if (!base.startsWith('http://') && !base.startsWith('https://'))
    throw badRequest(`api_base: "${base}" must be an absolute http(s) URL.`, 'api_base')
  const own = binding.baseUrl ? binding.baseUrl(base, deployment) : base
  const trimmed = own.endsWith('/') ? own.slice(0, -1) : own
  const path =
    wire.path ?? (typeof binding.path === 'string' ? binding.path : binding.path({ ...at, base: trimmed }))
  return withQuery(joined(trimmed, checkedPath(path)), wire.query)
}

function joined(base: string, path: string): string {
  if (base.endsWith(path)) return base
  const version = path.slice(0, path.indexOf('/', 1))
  return (VERSION.test(version) && base.endsWith(version) ? base.slice(0, -version.length) : base) + path
}

/** What needs a closer look, or may not stand in an address as it is. */
const UNUSUAL = /\.\.|\/\.|%2e|%2f|%5c|[^!-~]|[\\#]/i
const ILLEGAL = /[^!-~]|[\\#]/

/**
 * Callers may name models, voices and ids, and names stand in paths: none may lead out of its place there, whether the
 * provider's server looks at the path before or after it has unescaped it. Throws `BadRequestError`.
 */
function checkedPath(path: string): string {
  if (!UNUSUAL.test(path)) return path
  const [place = ''] = path.split('?', 1)
  if (
    !ILLEGAL.test(path) &&
    !unescaped(place)
      .split(/[\\/]/)
      .some(piece => piece === '.' || piece === '..')
  )
    return path
  throw badRequest(
    'model: this name, or another one that stands in the address of the call such as a voice or an id, holds what may not stand there: "." or ".." between slashes, a space, "#", "\\" or characters that are not ASCII.',
    'model',
  )
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function withQuery(url: string, query: WireQuery | undefined): string {
  if (query === undefined) return url
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : value.map(item => [name, item]),
  )
  return `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(pairs).toString()}`
}

/** A path's own API version; people write the base with it and without it. */
const VERSION = /^\/v\d[a-z0-9]*$/

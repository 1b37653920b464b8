import { badRequest } from '../errors.ts'
import type { Credentials } from './credentials.ts'

/** A part of a provider's base URL that every customer has of his own. */
export interface UrlVariable {
  /** The environment variable, whose name stands in the base URL for its value. */
  readonly env: string
  /** The deployment's parameter that may hold it instead. */
  readonly param: string
  /** What it is, for the error when nobody said it. */
  readonly what: string
}

/** Nothing that could make another host of the address, to which the credentials would go. */
const NAME = /^[\w-]+(\.[\w-]+)*$/

/** The same credentials, and the variable's value put into the URL. Throws `BadRequestError` when there is none. */
export function withUrlVariable(credentials: Credentials, { env, param, what }: UrlVariable): Credentials {
  return {
    ...credentials,
    sign(request, secret, deployment, host) {
      if (request.url.includes(env)) {
        const own = deployment.params?.[param]
        const value = typeof own === 'string' ? own : host.secret([env])
        if (value === undefined)
          throw badRequest(`${param}: ${what} is needed. Set ${env}, or ${param} on the deployment.`, param)
        if (!NAME.test(value))
          throw badRequest(`${param}: "${value}" must be letters, digits, "-", "_" and "." only.`, param)
        request.url = request.url.replace(env, () => value)
      }
      return credentials.sign(request, secret, deployment, host)
    },
  }
}

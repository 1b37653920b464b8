import type { Head, Route, Wire } from '../wire/wire.ts'
import { securityTokens } from './aws.ts'
import { awsContainerCredentials, awsInstanceMetadata } from './aws-metadata.ts'
import { entraToken, managedIdentity } from './entra.ts'
import { googleExchange, googleImpersonation, googleMetadata, googleToken } from './google.ts'
import { ibmToken } from './ibm.ts'
import { clientCredentials, oauthFailure } from './oauth.ts'

const fixed = new Map<string, Route>([
  ['POST /token', { operation: googleToken }],
  ['POST /v1/token', { operation: googleExchange }],
  ['POST /oauth/token', { operation: clientCredentials }],
  ['POST /oauth2/token', { operation: clientCredentials }],
  ['POST /oidc/v1/token', { operation: clientCredentials }],
  ['POST /identity/token', { operation: ibmToken }],
  ['GET /metadata/identity/oauth2/token', { operation: managedIdentity }],
  ['GET /msi/token', { operation: managedIdentity, params: { kind: 'app-service' } }],
  ['GET /computeMetadata/v1/project/project-id', { operation: googleMetadata, params: { item: 'project' } }],
  ['PUT /latest/api/token', { operation: awsInstanceMetadata }],
  ['GET /aws/container-credentials', { operation: awsContainerCredentials }],
])

/** Where clouds give tokens away. It needs no key: what a request must show, its operation checks. */
export const tokens: Wire = {
  name: 'tokens',
  route: head => fixed.get(`${head.method} ${head.path}`) ?? openRoute(head),
  credential: () => 'none needed',
  headers: sequence => ({ 'x-request-id': `testkit-${sequence}` }),
  failure: oauthFailure,
  failureEvent: failure => oauthFailure(failure).body,
}

const googleAccount = '/computeMetadata/v1/instance/service-accounts/'
const awsRoles = '/latest/meta-data/iam/security-credentials/'

function openRoute({ method, path, query, headers }: Head): Route | undefined {
  if (path === '/') {
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    return isForm || query.has('Action') ? { operation: securityTokens } : undefined
  }
  if (method === 'GET' && path.startsWith(awsRoles)) {
    return { operation: awsInstanceMetadata, params: { role: path.slice(awsRoles.length) } }
  }
  if (method === 'GET' && path.startsWith(googleAccount)) {
    const item = path.slice(googleAccount.length).split('/')[1]
    return item === 'token' || item === 'email' ? { operation: googleMetadata, params: { item } } : undefined
  }
  if (method !== 'POST') return undefined
  if (/^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path)) return { operation: entraToken }
  const account = /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/.exec(path)?.[1]
  return account === undefined ? undefined : { operation: googleImpersonation, params: { account } }
}

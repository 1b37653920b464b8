import { generateKeyPairSync, type KeyObject } from 'node:crypto'

/** A service account's JSON file, as Google's console downloads it. */
export interface ServiceAccountFile {
  readonly type: 'service_account'
  readonly project_id: string
  readonly private_key_id: string
  readonly private_key: string
  readonly client_email: string
  readonly client_id: string
  readonly auth_uri: string
  readonly token_uri: string
  readonly universe_domain: string
}

export const testProject = 'testkit-project'
export const testEmail = `testkit@${testProject}.iam.gserviceaccount.com`

let pair: { publicKey: KeyObject; privateKey: KeyObject } | undefined

/** The key pair of this process's service account, made when it is first asked for. */
export function serviceAccountKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return pair
}

/** A service account whose assertions the `tokens` wire at this URL believes, as long as the process lives. */
export function testServiceAccount(url: string): ServiceAccountFile {
  return {
    type: 'service_account',
    project_id: testProject,
    private_key_id: 'testkit-key-1',
    private_key: String(serviceAccountKeys().privateKey.export({ type: 'pkcs8', format: 'pem' })),
    client_email: testEmail,
    client_id: '100000000000000000001',
    auth_uri: `${url}/o/oauth2/auth`,
    token_uri: `${url}/token`,
    universe_domain: 'googleapis.com',
  }
}

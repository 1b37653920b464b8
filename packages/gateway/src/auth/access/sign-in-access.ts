import type { AccessRule } from './access-rule.ts'

/** Nobody has a credential yet: this is where one comes from. */
const open: AccessRule = { public: true }
const looks: AccessRule = { any: ['proxy_admin_viewer'] }
/** The admin of the gateway, and keys of theirs that `allowed_routes` keeps to these routes. */
const admin: AccessRule = {}

/** Rows of the access table for signing in, and for directories that keep users and groups. */
export const SIGN_IN_ACCESS: Readonly<Record<string, AccessRule>> = {
  'POST /login': open,
  'POST /v2/login': open,
  'GET /fallback/login': open,
  'GET /logout': open,
  'POST /logout': open,
  'GET /sso/key/generate': open,
  'GET /sso/callback': open,
  'GET /sso/readiness': looks,
  'GET /sso/get/ui_settings': open,
  'GET /onboarding/get_token': open,
  'POST /onboarding/claim_token': open,

  'GET /scim/v2/ServiceProviderConfig': admin,
  'GET /scim/v2/ResourceTypes': admin,
  'GET /scim/v2/Schemas': admin,
  'GET /scim/v2/Users': admin,
  'POST /scim/v2/Users': admin,
  'GET /scim/v2/Users/:id': admin,
  'PUT /scim/v2/Users/:id': admin,
  'PATCH /scim/v2/Users/:id': admin,
  'DELETE /scim/v2/Users/:id': admin,
  'GET /scim/v2/Groups': admin,
  'POST /scim/v2/Groups': admin,
  'GET /scim/v2/Groups/:id': admin,
  'PUT /scim/v2/Groups/:id': admin,
  'PATCH /scim/v2/Groups/:id': admin,
  'DELETE /scim/v2/Groups/:id': admin,
}

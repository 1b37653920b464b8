import { objectOf } from './read-section.ts'
import { type Section, works } from './row.ts'
import { amount, duration, list, scalar, secret, text, whole } from './types.ts'

/** The most a new key may have. What it does not state it gets; what it states beyond is refused. */
export const upperBounds = {
  name: 'litellm_settings.upperbound_key_generate_params',
  doc: 'The most a new key may have: what it does not state it gets, what it states beyond is refused.',
  rows: {
    max_budget: works(amount, 'Dollars.', 'keys.upperBounds'),
    budget_duration: works(duration, 'The longest budget period.', 'keys.upperBounds'),
    duration: works(duration, 'The longest life.', 'keys.upperBounds'),
    max_parallel_requests: works(whole(), 'Requests at a time.', 'keys.upperBounds'),
    tpm_limit: works(whole(), 'Tokens a minute.', 'keys.upperBounds'),
    rpm_limit: works(whole(), 'Requests a minute.', 'keys.upperBounds'),
  },
} as const satisfies Section

const requiredParams = works(list(text), 'Fields that must be stated.', 'keys')

const teamKeyGeneration = {
  name: 'litellm_settings.key_generation_settings.team_key_generation',
  doc: 'Keys of teams.',
  rows: {
    allowed_team_member_roles: works(list(text), 'Roles in the team: admin, user.', 'keys.teamKeys'),
    required_params: requiredParams,
  },
} as const satisfies Section

const personalKeyGeneration = {
  name: 'litellm_settings.key_generation_settings.personal_key_generation',
  doc: 'Keys of no team.',
  rows: {
    allowed_user_roles: works(
      list(text),
      'Roles of users: proxy_admin, internal_user …',
      'keys.personalKeys',
    ),
    required_params: requiredParams,
  },
} as const satisfies Section

/** Who may make keys. */
export const keyGenerationSettings = {
  name: 'litellm_settings.key_generation_settings',
  doc: 'Who may make keys, and what must be stated.',
  rows: {
    team_key_generation: works(objectOf(teamKeyGeneration), 'Keys of teams.', 'keys.teamKeys'),
    personal_key_generation: works(objectOf(personalKeyGeneration), 'Keys of no team.', 'keys.personalKeys'),
  },
} as const satisfies Section

/** What else each call must hold. */
export const serviceAccountSettings = {
  name: 'general_settings.service_account_settings',
  doc: 'What holds for keys of a team that belong to no user.',
  rows: {
    enforced_params: works(list(text), 'Fields each of their calls must hold.', 'keys.serviceAccountParams'),
  },
} as const satisfies Section

/** New secrets travel there: only an encrypted way, or one that does not leave the machine. */
const webhook = scalar(
  'an https:// address, or http:// of this machine',
  'https://example.com/hook',
  node => {
    const value = node.kind === 'scalar' ? String(node.value) : ''
    const url = URL.canParse(value) ? new URL(value) : undefined
    if (url?.protocol === 'https:') return value
    const isLocal = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
    return url?.protocol === 'http:' && isLocal ? value : undefined
  },
)

export const rotationVariables = {
  LITELLM_KEY_ROTATION_ENABLED: works(
    scalar('true or false', 'true', node =>
      node.kind === 'scalar' ? { true: true, false: false }[String(node.value).toLowerCase()] : undefined,
    ),
    'Keys with `auto_rotate` are rotated when they are due; on wherever `WEBHOOK_URL` is set.',
    'keys.rotation.isOn',
  ),
  LITELLM_KEY_ROTATION_CHECK_INTERVAL_SECONDS: works(
    whole(1, 86_400 * 30),
    'Seconds between looks for keys that are due; 60 unless stated.',
    'keys.rotation.checkMs',
  ),
  LITELLM_KEY_ROTATION_GRACE_PERIOD: works(
    duration,
    'How long the old secret of a rotated key works where neither request nor key say.',
    'keys.rotation.grace',
  ),
  WEBHOOK_URL: works(
    webhook,
    'Where the new secrets of automatically rotated keys are delivered (`key_rotated`).',
    'keys.rotation.webhook',
  ),
  SLUICE_WEBHOOK_SECRET: works(
    secret,
    'Signs deliveries to `WEBHOOK_URL` (HMAC-SHA256 in `x-sluice-signature`).',
    'keys.rotation.webhook',
  ),
} as const

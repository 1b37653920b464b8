import type {
  DeploymentOutcomesTable,
  DeploymentRollbacksTable,
  DeploymentWeightsTable,
  FeedbackTable,
} from './routing/routing-tables.ts'
import type {
  BudgetSpendTable,
  DailyDetailsTable,
  DailyTotalsTable,
  JournalMarksTable,
  SpendLogsTable,
  SpendLogTagsTable,
  SpendTotalsTable,
} from './spend/spend-tables.ts'

/** The tables as Kysely sees them: one schema for SQLite and PostgreSQL. Booleans are 0 or 1, JSON is text. */
export interface Tables {
  virtual_keys: VirtualKeysTable
  accounts: AccountsTable
  budgets: BudgetsTable
  access_groups: AccessGroupsTable
  credentials: CredentialsTable
  invitations: InvitationsTable
  passwords: PasswordsTable
  jwt_key_mappings: JwtKeyMappingsTable
  identities: IdentitiesTable
  deleted_keys: DeletedKeysTable
  deprecated_keys: DeprecatedKeysTable
  job_leases: JobLeasesTable
  spend_logs: SpendLogsTable
  spend_log_tags: SpendLogTagsTable
  daily_details: DailyDetailsTable
  daily_totals: DailyTotalsTable
  spend_totals: SpendTotalsTable
  budget_spend: BudgetSpendTable
  deployment_weights: DeploymentWeightsTable
  deployment_rollbacks: DeploymentRollbacksTable
  deployment_outcomes: DeploymentOutcomesTable
  feedback: FeedbackTable
  facts: FactsTable
  invoices: InvoicesTable
  invoice_sums: InvoiceSumsTable
  audit_log: AuditLogTable
  audit_chain: AuditChainTable
  schema_migrations: SchemaMigrationsTable
  litellm_imports: LitellmImportsTable
  journal_marks: JournalMarksTable
}

/** Limits as keys, accounts and budgets have them. Money in nano-dollars, times in milliseconds. */
export interface LimitColumns {
  max_budget_nano_usd: number | null
  soft_budget_nano_usd: number | null
  budget_duration: string | null
  budget_reset_at: number | null
  rpm_limit: number | null
  tpm_limit: number | null
  max_parallel_requests: number | null
  /** JSON: limits without a column of their own. */
  more_limits: string
}

/** Who did it and when. */
export interface AuthorColumns {
  created_at: number
  created_by: string | null
  updated_at: number
  updated_by: string | null
}

/** Organizations, teams, their members, users, projects, customers, tags. A removed one keeps its row. */
export interface AccountsTable extends LimitColumns, AuthorColumns {
  kind: string
  id: string
  alias: string | null
  email: string | null
  role: string | null
  external_id: string | null
  organization_id: string | null
  team_id: string | null
  user_id: string | null
  budget_id: string | null
  models: string
  /** As of a key. */
  spend_base_nano_usd: number
  spend_set_at: number | null
  spend_from: number | null
  blocked: number
  metadata: string
  details: string
  deleted_at: number | null
}

/** Limits that several share by naming their `budget_id`. */
export interface BudgetsTable extends LimitColumns, AuthorColumns {
  budget_id: string
  models: string
  deleted_at: number | null
}

export interface AccessGroupsTable extends AuthorColumns {
  access_group_id: string
  access_group_name: string
  description: string | null
  models: string
  details: string
}

export interface CredentialsTable extends AuthorColumns {
  credential_name: string
  /** Encrypted. */
  sealed_values: string
  info: string
}

export interface InvitationsTable extends AuthorColumns {
  id: string
  user_id: string
  is_accepted: number
  accepted_at: number | null
  expires_at: number
}

export interface PasswordsTable {
  user_id: string
  /** `$scrypt$…`; in no answer. */
  hash: string
  updated_at: number
}

/** Who a user is at a provider. */
export interface IdentitiesTable {
  issuer: string
  subject: string
  user_id: string
  bound_at: number
}

/** A claim of a token that stands for a virtual key. */
export interface JwtKeyMappingsTable extends AuthorColumns {
  id: string
  claim_name: string
  claim_value: string
  token_hash: string
  description: string | null
  is_active: number
}

export interface VirtualKeysTable extends LimitColumns, AuthorColumns {
  token_hash: string
  key_name: string
  key_alias: string | null
  user_id: string | null
  team_id: string | null
  organization_id: string | null
  project_id: string | null
  budget_id: string | null
  models: string
  aliases: string
  /** The key's all-time total at its last reset: spend = total − base, so that spending never touches this table. */
  spend_base_nano_usd: number
  /** What ended before is in the base, milliseconds: the running period's beginning, or when the spend was set. */
  spend_from: number | null
  expires_at: number | null
  blocked: number
  metadata: string
  tags: string
  permissions: string
  allowed_routes: string
  last_active_at: number | null
  /** When the key is due to be given a new secret, milliseconds. */
  rotation_at: number | null
  rotation: string | null
  access_group_ids: string | null
}

export interface DeletedKeysTable {
  token_hash: string
  deleted_at: number
  /** The last row, as JSON. */
  row: string
  user_id: string | null
  team_id: string | null
  organization_id: string | null
  project_id: string | null
  key_alias: string | null
  created_by: string | null
  deleted_by: string | null
}

/** Secrets a key had before it was rotated. They go on working until `ends_at`, and what they spent is the key's. */
export interface DeprecatedKeysTable {
  token_hash: string
  /** The key's hash now. */
  active_hash: string
  key_name: string
  /** Null: until somebody has the new secret. */
  ends_at: number | null
  created_at: number
  updated_at: number
}

/** Which process does a job that one at a time may do. */
export interface JobLeasesTable {
  name: string
  holder: string
  ends_at: number
}

export interface FactsTable {
  name: string
  value: string
}

/** What was copied from LiteLLM, as it was there. */
export interface LitellmImportsTable {
  kind: string
  id: string
  /** Of the row as it was written here. */
  digest: string
  spend_nano_usd: number
  imported_at: number
}

export interface SchemaMigrationsTable {
  name: string
  applied_at: number
}

/** What was changed by whom. JSON without secrets in `before_value` and `updated_values`. */
export interface AuditLogTable {
  sequence: number
  id: string
  changed_at: number
  changed_by: string
  user_id: string | null
  changed_by_api_key: string | null
  changed_by_role: string
  client_ip: string | null
  action: string
  table_name: string
  object_id: string
  before_value: string | null
  updated_values: string | null
  previous_hash: string
  hash: string
}

/** One row: the entry before the oldest that is kept, and the newest. Whoever appends holds it. */
export interface AuditChainTable {
  name: string
  start_sequence: number
  start_hash: string
  head_sequence: number
  head_hash: string
}

/** Bills and reports of usage that providers sent, one row for each file. */
export interface InvoicesTable {
  id: string
  source: string
  account: string
  kind: string
  format: string
  file_name: string
  first_day: string
  last_day: string
  lines: number
  other_lines: number
  names: string
  imported_at: number
  imported_by: string | null
}

export interface InvoiceSumsTable {
  invoice_id: string
  day: string
  model: string
  item: string
  spend_nano_usd: number | null
  input_tokens: number
  output_tokens: number
  requests: number
}

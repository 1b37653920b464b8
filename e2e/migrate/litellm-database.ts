import { Client } from 'pg'

/**
 * The tables of LiteLLM that are copied, and some that are not, with the columns and types of its `schema.prisma` as of
 * 2026-07. Facts: https://github.com/BerriAI/litellm/blob/main/schema.prisma
 */
const audit = `created_at timestamp(3) not null default now(), created_by text not null default 'a',
  updated_at timestamp(3) not null default now(), updated_by text not null default 'a'`
const limits = `max_parallel_requests integer, tpm_limit bigint, rpm_limit bigint`
const budget = `max_budget double precision, budget_duration text, budget_reset_at timestamp(3)`
const spend = `spend double precision not null default 0.0`
const daily = (
  by: string,
) => `id text primary key default gen_random_uuid()::text, ${by} text, date text not null,
  api_key text not null, model text, model_group text, custom_llm_provider text, mcp_namespaced_tool_name text,
  endpoint text, prompt_tokens bigint not null default 0, completion_tokens bigint not null default 0,
  cache_read_input_tokens bigint not null default 0, cache_creation_input_tokens bigint not null default 0,
  ${spend}, api_requests bigint not null default 0, successful_requests bigint not null default 0,
  failed_requests bigint not null default 0, created_at timestamp(3) default now(), updated_at timestamp(3)`

const tables: Readonly<Record<string, string>> = {
  BudgetTable: `budget_id text primary key, ${budget}, soft_budget double precision, ${limits},
    model_max_budget jsonb, allowed_models text[] default '{}', ${audit}`,
  CredentialsTable: `credential_id text primary key, credential_name text unique, credential_values jsonb, ${audit}`,
  ProxyModelTable: `model_id text primary key, model_name text not null, litellm_params jsonb not null,
    model_info jsonb, blocked boolean default false, ${audit}`,
  OrganizationTable: `organization_id text primary key, organization_alias text not null, budget_id text not null,
    metadata jsonb default '{}', models text[], ${spend}, model_spend jsonb default '{}',
    object_permission_id text, ${audit}`,
  ModelTable: `id serial primary key, aliases jsonb, ${audit}`,
  TeamTable: `team_id text primary key, team_alias text, organization_id text, object_permission_id text,
    admins text[], members text[], members_with_roles jsonb default '{}', metadata jsonb default '{}', ${budget},
    soft_budget double precision, ${spend}, models text[], ${limits}, blocked boolean default false,
    created_at timestamp(3) default now(), updated_at timestamp(3) default now(), model_spend jsonb default '{}',
    model_max_budget jsonb default '{}', router_settings jsonb default '{}',
    team_member_permissions text[] default '{}', access_group_ids text[] default '{}', policies text[] default '{}',
    default_team_member_models text[] default '{}', budget_limits jsonb, model_id integer unique,
    allow_team_guardrail_config boolean default false`,
  ProjectTable: `project_id text primary key, project_alias text, description text, team_id text, budget_id text,
    metadata jsonb default '{}', models text[], ${spend}, model_spend jsonb default '{}',
    model_rpm_limit jsonb default '{}', model_tpm_limit jsonb default '{}', blocked boolean default false,
    object_permission_id text, ${audit}`,
  UserTable: `user_id text primary key, user_alias text, team_id text, sso_user_id text unique, organization_id text,
    object_permission_id text, password text, teams text[] default '{}', user_role text, ${budget}, ${spend},
    user_email text, models text[], metadata jsonb default '{}', ${limits},
    allowed_cache_controls text[] default '{}', policies text[] default '{}', model_spend jsonb default '{}',
    model_max_budget jsonb default '{}', created_at timestamp(3) default now(), updated_at timestamp(3)`,
  VerificationToken: `token text primary key, key_name text, key_alias text,
    soft_budget_cooldown boolean not null default false, ${spend}, expires timestamp(3), models text[],
    aliases jsonb default '{}', config jsonb default '{}', router_settings jsonb default '{}', user_id text,
    team_id text, agent_id text, project_id text, permissions jsonb default '{}', metadata jsonb default '{}',
    blocked boolean, ${limits}, ${budget}, allowed_cache_controls text[] default '{}',
    allowed_routes text[] default '{}', policies text[] default '{}', access_group_ids text[] default '{}',
    model_spend jsonb default '{}', model_max_budget jsonb default '{}', budget_id text, organization_id text,
    object_permission_id text, created_at timestamp(3) default now(), created_by text,
    updated_at timestamp(3) default now(), updated_by text, last_active timestamp(3), rotation_count integer default 0,
    auto_rotate boolean default false, rotation_interval text, last_rotation_at timestamp(3),
    key_rotation_at timestamp(3), budget_limits jsonb`,
  DeprecatedVerificationToken: `id text primary key, token text unique, active_token_id text not null,
    revoke_at timestamp(3) not null, created_at timestamp(3) default now()`,
  EndUserTable: `user_id text primary key, alias text, ${spend}, allowed_model_region text, default_model text,
    budget_id text, object_permission_id text, blocked boolean default false`,
  TagTable: `tag_name text primary key, description text, models text[], model_info jsonb, ${spend}, budget_id text,
    created_at timestamp(3) default now(), created_by text, updated_at timestamp(3) default now()`,
  SpendLogs: `request_id text primary key, call_type text not null, api_key text not null default '', ${spend},
    total_tokens integer not null default 0, prompt_tokens integer not null default 0,
    completion_tokens integer not null default 0, "startTime" timestamp(3) not null, "endTime" timestamp(3) not null,
    request_duration_ms integer, "completionStartTime" timestamp(3), model text not null default '', model_id text,
    model_group text, custom_llm_provider text, api_base text, "user" text, metadata jsonb default '{}',
    cache_hit text default '', cache_key text, request_tags jsonb default '[]', team_id text, organization_id text,
    end_user text, requester_ip_address text, messages jsonb default '{}', response jsonb default '{}',
    session_id text, status text, mcp_namespaced_tool_name text, agent_id text, proxy_server_request jsonb default '{}'`,
  InvitationLink: `id text primary key, user_id text not null, is_accepted boolean default false,
    accepted_at timestamp(3), expires_at timestamp(3) not null, ${audit}`,
  TeamMembership: `user_id text, team_id text, ${spend}, total_spend double precision default 0.0, budget_id text,
    primary key (user_id, team_id)`,
  OrganizationMembership: `user_id text, organization_id text, user_role text, spend double precision default 0.0,
    budget_id text, created_at timestamp(3) default now(), updated_at timestamp(3) default now(),
    primary key (user_id, organization_id)`,
  AccessGroupTable: `access_group_id text primary key, access_group_name text unique, description text,
    access_model_names text[] default '{}', access_mcp_server_ids text[] default '{}',
    access_agent_ids text[] default '{}', assigned_team_ids text[] default '{}',
    assigned_key_ids text[] default '{}', created_at timestamp(3) default now(), created_by text,
    updated_at timestamp(3) default now(), updated_by text`,
  DailyUserSpend: daily('user_id'),
  DailyTeamSpend: daily('team_id'),
  DailyTagSpend: daily('tag'),
}

/** Makes LiteLLM's tables, but for those named, in the database at this URL; gives a client to fill them with. */
export async function makeLitellmDatabase(url: string, without: readonly string[] = []): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const [name, columns] of Object.entries(tables))
    if (!without.includes(name)) await client.query(`create table "LiteLLM_${name}" (${columns})`)
  return client
}

/** Inserts a row; objects become JSON, arrays are PostgreSQL's. */
export async function put(
  client: Client,
  table: string,
  row: Readonly<Record<string, unknown>>,
): Promise<void> {
  const names = Object.keys(row)
  const marks = names.map((_, at) => `$${at + 1}`)
  await client.query(
    `insert into "LiteLLM_${table}" (${names.map(name => `"${name}"`).join(', ')}) values (${marks.join(', ')})`,
    Object.values(row),
  )
}

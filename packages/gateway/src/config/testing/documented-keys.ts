const words = (text: string): readonly string[] => text.split(/\s+/).filter(word => word !== '')

/**
 * The keys that LiteLLM's documentation and users' files name, by section; written apart from the tables, so that a key
 * lost there is noticed.
 */
export const documentedKeys: Readonly<Record<string, readonly string[]>> = {
  'the top level': words(`
    model_list litellm_settings general_settings router_settings environment_variables credential_list guardrails
    policies policy_attachments mcp_servers mcp_tools vector_store_registry search_tools prompts agents agent_list
    callback_settings assistant_settings files_settings finetune_settings include worker_registry`),
  'model_list[].litellm_params': words(`
    model custom_llm_provider api_key api_base base_url api_version organization litellm_credential_name timeout
    stream_timeout max_retries num_retries tpm rpm itpm otpm weight order max_parallel_requests cooldown_time
    drop_params additional_drop_params allowed_openai_params extra_headers extra_body headers tags tag_regex
    silent_model mock_response mock_timeout mock_delay region_name configurable_clientside_auth_params
    use_in_pass_through use_litellm_proxy use_chat_completions_api merge_reasoning_content_in_choices
    max_file_size_mb default_api_key_tpm_limit default_api_key_rpm_limit max_budget budget_duration
    keepalive_seconds allow_client_keepalive_override guardrails cache_control_injection_points prompt_id
    prompt_version prompt_variables bitbucket_config auto_router_config_path auto_router_config
    auto_router_default_model auto_router_embedding_model auto_router_max_input_chars complexity_router_config
    complexity_router_default_model adaptive_router_config adaptive_router_default_model quality_router_config
    quality_router_default_model vector_store_id azure_ad_token tenant_id client_id client_secret azure_scope
    azure_username azure_password vertex_project vertex_location vertex_credentials gcs_bucket_name
    aws_access_key_id aws_secret_access_key aws_session_token aws_region_name aws_session_name aws_profile_name
    aws_role_name aws_web_identity_token aws_sts_endpoint aws_external_id aws_session_tags
    aws_bedrock_runtime_endpoint aws_bedrock_project_id s3_bucket_name s3_region_name s3_encryption_key_id
    watsonx_region_name project_id space_id input_cost_per_token output_cost_per_token input_cost_per_second
    output_cost_per_second input_cost_per_character output_cost_per_character input_cost_per_pixel
    output_cost_per_pixel input_cost_per_image output_cost_per_image input_cost_per_query
    input_cost_per_audio_token output_cost_per_audio_token input_cost_per_audio_per_second
    input_cost_per_video_per_second input_cost_per_video_per_second_above_128k_tokens
    output_cost_per_reasoning_token cache_creation_input_token_cost
    cache_creation_input_token_cost_above_200k_tokens cache_creation_input_token_cost_above_1hr
    cache_read_input_token_cost cache_read_input_token_cost_above_200k_tokens
    input_cost_per_token_above_128k_tokens output_cost_per_token_above_200k_tokens input_cost_per_token_batches
    output_cost_per_token_flex output_cost_per_token_priority search_context_cost_per_query tiered_pricing
    citation_cost_per_token ocr_cost_per_page code_interpreter_cost_per_session`),
  'model_list[].model_info': words(`
    id db_model base_model mode tier team_id team_public_model_name access_groups supported_environments max_tokens
    max_input_tokens max_output_tokens supports_vision supports_function_calling supports_fast_mode
    health_check_model health_check_timeout health_check_max_tokens health_check_max_tokens_reasoning
    health_check_max_tokens_non_reasoning health_check_voice disable_background_health_check blocked discoverable
    access_windows ptu_count cost_per_ptu_per_hour ptu_effective_from ptu_effective_to custom_tokenizer
    input_cost_per_token created_at created_by updated_at updated_by`),
  litellm_settings: words(`
    success_callback failure_callback callbacks service_callbacks audit_log_callbacks turn_off_message_logging
    redact_user_api_key_info redact_messages_in_exceptions langfuse_default_tags store_audit_logs json_logs
    set_verbose request_timeout force_ipv4 ssl_verify ssl_certificate ssl_security_level ssl_ecdh_curve
    aiohttp_trust_env disable_aiohttp_transport drop_params modify_params num_retries allowed_fails cooldown_time
    fallbacks default_fallbacks context_window_fallbacks content_policy_fallbacks model_alias_map cache
    cache_params enable_redis_auth_cache enable_caching_on_provider_specific_optional_params caching_groups
    max_budget budget_duration timezone max_end_user_budget max_end_user_budget_id max_internal_user_budget
    internal_user_budget_duration default_internal_user_params default_team_params default_team_settings
    default_key_generate_params upperbound_key_generate_params key_generation_settings
    enable_key_alias_format_validation custom_ui_sso_sign_in_handler public_model_groups
    public_model_groups_links public_agent_groups public_mcp_servers tag_budget_config priority_reservation
    priority_reservation_settings cost_discount_config cost_margin_config include_cost_in_streaming_usage
    extra_spend_tag_headers disable_add_user_agent_to_request_tags disable_end_user_cost_tracking
    disable_end_user_cost_tracking_prometheus_only enable_end_user_cost_tracking_prometheus_only
    custom_prometheus_metadata_labels custom_prometheus_tags prometheus_metrics_config
    prometheus_initialize_budget_metrics prometheus_emit_stream_label prometheus_latency_buckets
    require_auth_for_metrics_endpoint mcp_aliases mcp_semantic_tool_filter skip_system_message_in_guardrail
    guardrails llm_guard_mode banned_keywords_list blocked_user_list
    use_chat_completions_url_for_anthropic_messages route_all_chat_openai_to_responses
    disable_hf_tokenizer_download enable_json_schema_validation enable_preview_features
    disable_add_transform_inline_image_block default_redis_ttl default_in_memory_ttl
    provider_url_destination_allowed_hosts check_provider_endpoint forward_traceparent_to_llm_provider
    add_user_information_to_llm_headers custom_provider_map ui_theme_config s3_callback_params datadog_params
    newlogger_callback_params`),
  'litellm_settings.default_team_params': words(`
    max_budget budget_duration tpm_limit rpm_limit team_member_permissions models`),
  'litellm_settings.cache_params': words(`
    type mode supported_call_types ttl default_in_memory_ttl default_in_redis_ttl namespace host port password
    username url db ssl ssl_cert_reqs ssl_check_hostname max_connections redis_startup_nodes service_name
    sentinel_nodes sentinel_password gcp_service_account gcp_ssl_ca_certs redis_flush_size similarity_threshold
    redis_semantic_cache_embedding_model qdrant_collection_name qdrant_quantization_config
    qdrant_semantic_cache_embedding_model qdrant_semantic_cache_vector_size redis_semantic_cache_index_name
    s3_bucket_name s3_region_name s3_api_version s3_use_ssl s3_verify s3_endpoint_url s3_aws_access_key_id
    s3_aws_secret_access_key s3_aws_session_token s3_path gcs_bucket_name gcs_path_service_account gcs_path
    disk_cache_dir`),
  general_settings: words(`
    master_key database_url database_connection_pool_limit database_connection_pool_timeout
    database_connection_timeout database_statement_timeout database_lock_timeout
    database_idle_in_transaction_session_timeout database_type database_args allow_requests_on_db_unavailable
    disable_prisma_schema_update store_model_in_db supported_db_objects store_prompts_in_spend_logs
    disable_spend_logs disable_spend_updates disable_error_logs disable_reset_budget
    disable_adding_master_key_hash_to_db disable_master_key_return maximum_spend_logs_retention_period
    maximum_spend_logs_retention_interval maximum_spend_logs_cleanup_cron proxy_batch_write_at
    proxy_budget_rescheduler_min_time proxy_budget_rescheduler_max_time proxy_batch_polling_interval
    use_redis_transaction_buffer user_api_key_cache_ttl custom_auth custom_auth_settings
    custom_auth_run_common_checks custom_key_generate custom_key_update custom_sso custom_ui_sso_sign_in_handler
    litellm_key_header_name enable_jwt_auth litellm_jwtauth enable_oauth2_auth enable_oauth2_proxy_auth
    oauth2_config_mappings allowed_routes public_routes admin_only_routes enforced_params
    service_account_settings enforce_user_param enforce_rbac role_permissions reject_clientside_metadata_tags
    max_request_size_mb max_response_size_mb allowed_ips use_x_forwarded_for max_parallel_requests
    global_max_parallel_requests disable_retry_on_max_parallel_request_limit_error token_rate_limit_type
    infer_model_from_keys completion_model embedding_model image_generation_model moderation_model
    background_health_checks health_check_interval health_check_details health_check_concurrency
    use_shared_health_check enable_health_check_routing health_check_staleness_threshold
    health_check_ignore_transient_errors alerting alerting_threshold alert_types alert_to_webhook_url
    alerting_args alert_type_config spend_report_frequency forward_client_headers_to_llm_api
    forward_llm_provider_auth_headers forward_openai_org_id use_client_credentials_pass_through_routes
    pass_through_endpoints ui_access_mode default_team_disabled auto_redirect_ui_login_to_sso
    always_include_stream_usage user_header_name user_header_mappings allow_client_side_credentials
    allow_user_auth key_management_system key_management_settings user_mcp_management_mode enable_mcp_registry
    mcp_client_side_auth_header_name mcp_internal_ip_ranges mcp_trusted_proxy_ranges mcp_required_fields
    require_end_user_mcp_access_defined control_plane_url search_tools disable_responses_id_security
    enable_public_model_hub fail_closed_budget_enforcement litellm_license`),
  router_settings: words(`
    routing_strategy routing_strategy_args routing_groups redis_host redis_port redis_password redis_db redis_url
    cache_kwargs cache_responses caching_groups num_retries max_fallbacks timeout stream_timeout retry_after
    retry_policy model_group_retry_policy allowed_fails allowed_fails_policy cooldown_time disable_cooldowns
    fallbacks default_fallbacks context_window_fallbacks content_policy_fallbacks model_group_alias
    enable_pre_call_checks optional_pre_call_checks deployment_affinity_ttl_seconds model_group_affinity_config
    enable_tag_filtering tag_filtering_match_any tag_routing_prefix enable_weighted_failover
    provider_budget_config default_max_parallel_requests default_priority polling_interval
    default_litellm_params client_ttl ignore_invalid_deployments enable_health_check_routing
    health_check_staleness_threshold health_check_ignore_transient_errors search_tools guardrail_list
    assistants_config alerting_config router_general_settings set_verbose debug_level max_retries weights`),
  'mcp_servers.*': words(`
    url transport command args env description alias auth_type auth_value authentication_token client_id
    client_secret scopes authorization_url token_url registration_url extra_headers static_headers allowed_tools
    disallowed_tools allowed_params access_groups allow_all_keys available_on_public_internet spec_path openapi
    spec_version mcp_info`),
  'general_settings.pass_through_endpoints[]': words(`
    path target headers auth forward_headers merge_query_params include_subpath cost_per_request
    default_query_params methods guardrails`),
  'guardrails[].litellm_params': words(`
    guardrail mode default_on api_key api_base headers extra_headers additional_provider_specific_params
    unreachable_fallback on_error skip_system_message_in_guardrail streaming_end_of_stream_only
    streaming_sampling_rate mask_request_content mask_response_content disable_exception_on_block
    pii_entities_config presidio_score_thresholds presidio_language output_parse_pii
    presidio_analyzer_api_base presidio_anonymizer_api_base presidio_ad_hoc_recognizers presidio_filter_scope`),
}

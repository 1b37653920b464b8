import { cacheStore } from './features.ts'
import { redisRows } from './redis.ts'
import { accepted, type Section, works } from './row.ts'
import { amount, anything, choice, flag, list, seconds, secret, text, whole } from './types.ts'

const setting = (doc: string) => accepted(anything, doc)
const hidden = (doc: string) => accepted(secret, doc)

/** Where and how answers are cached. */
export const cacheParams = {
  name: 'litellm_settings.cache_params',
  doc: 'The response cache.',
  rows: {
    type: works(
      cacheStore,
      'Kind of store. `redis`: replicas share what they learn through it; answers are not cached yet.',
      'redis',
    ),
    mode: accepted(choice('default_on', 'default_off'), 'Cache unless told not to, or only when asked.'),
    supported_call_types: accepted(list(text), 'Kinds of calls that are cached.'),
    ttl: accepted(seconds, 'Seconds an answer is kept.'),
    default_in_memory_ttl: accepted(seconds, 'Seconds an answer is kept in memory.'),
    default_in_redis_ttl: accepted(seconds, 'Seconds an answer is kept in Redis.'),
    ...redisRows,
    max_connections: accepted(whole(1), 'Most connections to Redis; there is one.'),
    gcp_service_account: accepted(text, 'Service account for IAM log-in.'),
    gcp_ssl_ca_certs: accepted(text, 'CA certificates for IAM log-in.'),
    redis_flush_size: accepted(whole(1), 'Writes sent together.'),
    similarity_threshold: accepted(amount, 'Least similarity of a semantic hit.'),
    redis_semantic_cache_embedding_model: accepted(text, 'Embedding model of the semantic cache.'),
    redis_semantic_cache_index_name: accepted(text, 'Index of the semantic cache.'),
    qdrant_api_base: accepted(text, 'Qdrant address.'),
    qdrant_api_key: hidden('Qdrant key.'),
    qdrant_collection_name: accepted(text, 'Qdrant collection.'),
    qdrant_quantization_config: setting('Qdrant quantization.'),
    qdrant_semantic_cache_embedding_model: accepted(text, 'Embedding model.'),
    qdrant_semantic_cache_vector_size: accepted(whole(1), 'Length of the vectors.'),
    s3_bucket_name: accepted(text, 'Bucket.'),
    s3_region_name: accepted(text, 'Region.'),
    s3_api_version: accepted(text, 'API version.'),
    s3_use_ssl: accepted(flag, 'Use TLS.'),
    s3_verify: setting('Check certificates.'),
    s3_endpoint_url: accepted(text, 'Address of the store.'),
    s3_aws_access_key_id: hidden('Access key id.'),
    s3_aws_secret_access_key: hidden('Secret access key.'),
    s3_aws_session_token: hidden('Session token.'),
    s3_config: setting('More settings of the client.'),
    s3_path: accepted(text, 'Prefix of the objects.'),
    gcs_bucket_name: accepted(text, 'Bucket.'),
    gcs_path_service_account: accepted(text, 'Service account file.'),
    gcs_path: accepted(text, 'Prefix of the objects.'),
    disk_cache_dir: accepted(text, 'Directory.'),
  },
} as const satisfies Section

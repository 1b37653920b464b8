/** LiteLLM's team of the keys that sessions have. */
export const SESSION_TEAM = 'litellm-dashboard'

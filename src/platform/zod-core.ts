/** All that hono-openapi takes from `zod/v4/core`; it imports the module whole, error messages in sixty languages included. See `[alias]` in wrangler.toml. */
export { toJSONSchema } from 'zod'

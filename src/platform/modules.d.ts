/** What the Workers runtime and its bundler provide. */
declare module 'cloudflare:workers' {
  export const env: unknown
  export function waitUntil(work: Promise<unknown>): void
}

declare module '@phi-ag/argon2/argon2.wasm' {
  const module: WebAssembly.Module
  export default module
}

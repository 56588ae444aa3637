/** As much of Deno as its entry uses, so that one type checker reads the whole project. */
declare namespace Deno {
  const env: { get(name: string): string | undefined }
  function mkdir(path: string, options: { recursive: boolean }): Promise<void>
  function unrefTimer(id: unknown): void
  function addSignalListener(signal: 'SIGINT' | 'SIGTERM', listener: () => void): void
  function exit(code: number): never

  interface NetAddr {
    hostname: string
    port: number
  }
  interface ServeOptions {
    hostname: string
    port: number
    onListen(): void
  }
  function serve(
    options: ServeOptions,
    handler: (request: Request, info: { remoteAddr: NetAddr }) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> }
}

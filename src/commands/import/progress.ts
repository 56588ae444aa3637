/** How far it is: a bar on a terminal, now and then a line elsewhere. Never among the output itself. */

export interface Progress {
  /** One more line; `what` is of which kind. */
  step(what: string): void
  end(): void
}

const WIDTH = 30
const REDRAW_MS = 100
const LINE_MS = 5_000

export function showProgress(total: number, to: NodeJS.WriteStream = process.stderr): Progress {
  const begun = Date.now()
  let done = 0
  let drawn = begun
  let kind = ''
  const share = () => (total > 0 ? Math.min(1, done / total) : 0)
  const words = () => {
    const rate = Math.round((done * 1000) / Math.max(1, Date.now() - begun))
    return `${done.toLocaleString('en')} of ${Math.max(total, done).toLocaleString('en')}, ${rate.toLocaleString('en')} a second: ${kind}`
  }
  function draw(): void {
    drawn = Date.now()
    const full = Math.round(WIDTH * share())
    if (to.isTTY) to.write(`\r[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${words()}\u001b[K`)
    else to.write(`${words()}\n`)
  }
  return {
    step(what) {
      done++
      kind = what
      if (Date.now() - drawn >= (to.isTTY ? REDRAW_MS : LINE_MS)) draw()
    },
    end() {
      if (to.isTTY && done > 0) to.write('\r\u001b[K')
    },
  }
}

/** What does not come along, in whole or in part, and why: counted, with a few names each. */

export interface Note {
  /** As in `3 users`. */
  count: number
  names: string[]
}

export interface Notes {
  /** Something stays behind. */
  left(what: string, why: string, name: string, count?: number): void
  /** Something comes, but not as it was. */
  changed(what: string, why: string, name: string): void
  /** Holds for the whole import. */
  remark(sentence: string): void
  readonly leftBehind: ReadonlyMap<string, Note>
  readonly changes: ReadonlyMap<string, Note>
  readonly remarks: ReadonlySet<string>
}

const MOST_NAMES = 3
/** A reason may quote what is in a file; not all of it is kept. */
const MOST_LENGTH = 200

export function takeNotes(each: (entry: Record<string, unknown>) => void = () => {}): Notes {
  const leftBehind = new Map<string, Note>()
  const changes = new Map<string, Note>()
  const remarks = new Set<string>()
  function add(to: Map<string, Note>, what: string, why: string, name: string, count = 1): void {
    const key = `${what}: ${why}`.slice(0, MOST_LENGTH)
    const note = to.get(key) ?? { count: 0, names: [] }
    note.count += count
    if (name && note.names.length < MOST_NAMES) note.names.push(name.slice(0, MOST_LENGTH))
    to.set(key, note)
  }
  return {
    left(what, why, name, count) {
      add(leftBehind, what, why, name, count)
      each({ outcome: 'left', what, why, name })
    },
    changed(what, why, name) {
      add(changes, what, why, name)
      each({ outcome: 'changed', what, why, name })
    },
    remark: (sentence) => void remarks.add(sentence),
    leftBehind,
    changes,
    remarks,
  }
}

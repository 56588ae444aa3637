/** @jsxImportSource hono/jsx */
/** The list of somebody's sessions, each with the button that ends it. */
import type { OwnSession } from '../core/sessions/own-sessions.ts'
import { deviceName } from './device-name.ts'
import type { Words } from './words.ts'

interface ListProps {
  sessions: OwnSession[]
  brand: string
  lang: string
  words: Words
}

export function Sessions({ sessions, ...rest }: ListProps) {
  const { words } = rest
  return (
    <>
      {sessions.map((session) => (
        <SessionCard session={session} {...rest} />
      ))}
      {sessions.length > 1 && (
        <form method="post" action="/sessions/end-others">
          <button type="submit">{words.sessionsEndOthers}</button>
        </form>
      )}
    </>
  )
}

function SessionCard({ session, brand, lang, words }: { session: OwnSession } & Omit<ListProps, 'sessions'>) {
  const { id, isThis, openedAt, usedAt, address, client } = session
  const device = deviceName(session.deviceInfo, words.deviceOn) ?? words.deviceUnknown
  const opened = timeIn(lang, openedAt)
  const facts = [
    [words.sessionOpened, <time datetime={openedAt.toISOString()}>{opened}</time>],
    [words.sessionUsed, <time datetime={usedAt.toISOString()}>{timeIn(lang, usedAt)}</time>],
    [words.sessionMethod, methodIn(words, session)],
    [words.sessionApp, client ?? brand],
    [words.sessionAddress, address],
  ] as const
  return (
    <form method="post" action="/sessions/end" class="card">
      <div class="row">
        <h2>{device}</h2>
        {isThis && <span class="tag end">{words.sessionThis}</span>}
      </div>
      <dl>
        {facts
          .filter(([, fact]) => fact)
          .map(([name, fact]) => (
            <div>
              <dt>{name}</dt>
              <dd>{fact}</dd>
            </div>
          ))}
      </dl>
      <input type="hidden" name="id" value={id} />
      <button type="submit" class="quiet" aria-label={`${words.sessionEnd}: ${device}, ${opened}`}>
        {words.sessionEnd}
      </button>
    </form>
  )
}

/** The zone of whoever reads is not known here. */
const timeIn = (lang: string, time: Date) =>
  `${time.toLocaleString(lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })} UTC`

/** `method` is one word, or two joined by `+` where a second factor was proved. */
function methodIn(words: Words, { method, connection }: OwnSession): string {
  const names: Record<string, string> = words.methodNames
  return method
    .split('+')
    .map((word) => names[word] ?? connection ?? words.methodElsewhere)
    .join(' + ')
}

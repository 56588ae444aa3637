/** @jsxImportSource hono/jsx */
/** The list of somebody's passkeys, and the form that adds one. */
import type { listPasskeys } from '../core/credentials/passkeys.ts'
import { Alert, Field } from './hosted.tsx'
import type { Words } from './words.ts'

interface PasskeysProps {
  passkeys: Awaited<ReturnType<typeof listPasskeys>>
  options: object
  username: string
  lang: string
  words: Words
  problem: string | undefined
}

export function Passkeys({ passkeys, options, username, lang, words, problem }: PasskeysProps) {
  return (
    <>
      <p class="muted">{words.passkeysIntro(username)}</p>
      <Alert>{problem}</Alert>
      {passkeys.length === 0 && <p class="card">{words.passkeysNone}</p>}
      {passkeys.map(({ id, name, createdAt }) => (
        <form method="post" action="/passkeys/remove" class="card">
          <h2>{name}</h2>
          <time class="muted" datetime={createdAt.toISOString()}>
            {createdAt.toLocaleDateString(lang, { dateStyle: 'long' })}
          </time>
          <input type="hidden" name="id" value={id} />
          <button type="submit" aria-label={`${words.passkeyRemove}: ${name}`}>
            {words.passkeyRemove}
          </button>
        </form>
      ))}
      <form id="enrol" method="post" action="/passkeys" class="card" data-options={JSON.stringify(options)} hidden>
        <input type="hidden" name="response" />
        <Field
          name="name"
          label={words.passkeyName}
          value={words.passkeyNameExample}
          autocomplete="off"
          maxlength={200}
          required
        />
        <button type="submit">{words.passkeyAdd}</button>
      </form>
    </>
  )
}

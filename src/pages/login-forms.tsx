/** @jsxImportSource hono/jsx */
/** The forms of the hosted login; which of them there are, the tenant says. */
import type { Child } from 'hono/jsx'
import { listProviders } from '../core/gateway/ways-in.ts'
import { Alert, Field } from './hosted.tsx'
import { type Frame, renderStep } from './login-frame.tsx'
import { ProviderLinks, type ProviderLinksProps } from './login-provider.tsx'
import { providerProblem } from './provider-refusal.tsx'

const PASSKEY_SCRIPTS = ['simplewebauthn.js', 'login-passkey.js'] as const

/** The first step again, where `problem` says what was wrong with what was sent. */
export async function showMethods(frame: Frame, given: { problem?: string; username?: string } = {}) {
  if (given.problem) frame.c.status(422)
  const { tenant } = frame.flow
  const scripts = tenant.loginMethods.includes('passkey') ? PASSKEY_SCRIPTS : []
  const providers = await listProviders(frame.c.var.deps, tenant)
  return renderStep(frame, frame.words.loginTitle, <Methods {...frame} {...given} providers={providers} />, scripts)
}

interface MethodsProps extends Frame {
  problem?: string
  username?: string
  providers: ProviderLinksProps['providers']
}

function Methods({ flow, words, problem, username = '', providers }: MethodsProps) {
  const { loginMethods, signUp } = flow.tenant
  const allows = (method: string) => loginMethods.includes(method)
  const [inForm, above] = allows('password') ? [problem, undefined] : [undefined, problem]
  const elsewhere = flow.problem === null ? undefined : providerProblem(flow.problem, words)
  return (
    <>
      <Alert>{above ?? (inForm ? undefined : elsewhere)}</Alert>
      {allows('password') && (
        <form method="post" action="/login/password" class="card">
          <Alert>{inForm}</Alert>
          <input type="hidden" name="flow" value={flow.id} />
          <Field
            name="username"
            label={words.username}
            value={username}
            autocomplete={allows('passkey') ? 'username webauthn' : 'username'}
            required
            autofocus={!problem}
            maxlength={200}
          />
          <Field
            name="password"
            label={words.password}
            type="password"
            autocomplete="current-password"
            required
            autofocus={Boolean(problem)}
            invalid={Boolean(problem)}
          />
          <button type="submit">{words.loginSubmit}</button>
        </form>
      )}
      {allows('passkey') && (
        <form id="passkey" method="post" action="/login/passkey" hidden>
          <input type="hidden" name="flow" value={flow.id} />
          <input type="hidden" name="response" />
          <button type="submit" class={allows('password') ? 'way' : undefined}>
            {words.passkeySubmit}
          </button>
        </form>
      )}
      <ProviderLinks flow={flow.id} words={words} providers={providers} />
      {allows('otp') && (
        <Folded away={allows('password')} summary={words.sendCode}>
          <NameForm
            action="/login/send-code"
            flow={flow.id}
            name="otp-username"
            label={words.username}
            button={words.sendCode}
          />
        </Folded>
      )}
      {allows('password') && (
        <details>
          <summary>{words.forgot}</summary>
          <NameForm
            action="/login/forgot"
            flow={flow.id}
            name="forgot-username"
            label={words.username}
            button={words.forgotSubmit}
          />
        </details>
      )}
      {signUp.mode !== 'off' && (allows('password') || allows('otp')) && (
        <details>
          <summary>{words.signUpAsk}</summary>
          <form method="post" action="/login/sign-up" class="card">
            <input type="hidden" name="flow" value={flow.id} />
            <Field name="email" label={words.email} type="email" inputmode="email" autocomplete="email" required />
            <button type="submit">{words.signUpSend}</button>
          </form>
        </details>
      )}
    </>
  )
}

/** One field for a username is enough to begin with. */
function Folded({ away, summary, children }: { away: boolean; summary: string; children: Child }) {
  return away ? (
    <details>
      <summary>{summary}</summary>
      {children}
    </details>
  ) : (
    <div>{children}</div>
  )
}

/** A form that asks for a username only. */
function NameForm(props: { action: string; flow: string; name: string; label: string; button: string }) {
  return (
    <form method="post" action={props.action} class="card">
      <input type="hidden" name="flow" value={props.flow} />
      <Field id={props.name} name="username" label={props.label} autocomplete="username" required maxlength={200} />
      <button type="submit">{props.button}</button>
    </form>
  )
}

interface CodeFormProps extends Frame {
  step: 'code' | 'factor'
  problem?: string | undefined
  /** Offers to set up an app with it. */
  mayEnrol?: boolean
}

export function CodeForm({ flow, words, step, problem, mayEnrol = false }: CodeFormProps) {
  return (
    <>
      <form method="post" action={`/login/${step}`} class="card">
        <Alert>{problem}</Alert>
        <p>{step === 'code' ? words.codeIntro : words.factorIntro}</p>
        <input type="hidden" name="flow" value={flow.id} />
        <Field
          name="code"
          label={words.code}
          inputmode={step === 'code' ? 'numeric' : 'text'}
          autocomplete="one-time-code"
          required
          autofocus
          maxlength={40}
          invalid={Boolean(problem)}
        />
        <button type="submit">{words.codeSubmit}</button>
        {mayEnrol && (
          <button type="submit" class="way" name="next" value="enrol">
            {words.enrolByCode}
          </button>
        )}
      </form>
      <p>
        <a href={`/login?flow=${flow.id}`}>{words.startAgain}</a>
      </p>
    </>
  )
}

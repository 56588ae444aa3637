/** @jsxImportSource hono/jsx */
/** The pages that people see of a tenant: its name, logo and colour around one card. */
import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { Branding } from '../core/branding.ts'
import { renderPage } from './layout.tsx'
import type { Script } from './scripts.ts'

interface Hosted {
  title: string
  lang: string
  /** Null shows our own name. */
  brand: Branding | null
  /** Where the form may lead, beside here. */
  formOrigins?: string[]
  scripts?: readonly Script[]
}

export function renderHosted(c: Context, hosted: Hosted, content: Child) {
  const { title, lang, brand, formOrigins = [], scripts = [] } = hosted
  const name = brand?.name ?? 'Gatehouse'
  const logo = brand?.logoUrl
  const page = {
    title: `${title} · ${name}`,
    lang,
    color: brand?.color,
    imageOrigin: logo && new URL(logo).origin,
    formOrigins,
    scripts,
  }
  return renderPage(
    c,
    { ...page, imageOrigin: page.imageOrigin ?? undefined },
    <div class="hosted">
      <header class="brand">
        {logo && <img src={logo} alt="" referrerpolicy="no-referrer" />}
        <span>{name}</span>
      </header>
      <h1>{title}</h1>
      {content}
    </div>,
  )
}

/** A page that only says something. */
export function renderNotice(c: Context, hosted: Hosted, sentence: string) {
  return renderHosted(c, hosted, <p class="card">{sentence}</p>)
}

/** It is done: what was, and a way on where one is known. */
export function renderDone(c: Context, hosted: Hosted, sentence: string, onward?: { label: string; url: string }) {
  return renderHosted(
    c,
    hosted,
    <div class="card" role="status">
      <p>{sentence}</p>
      {onward && (
        <a class="way onward" href={onward.url} referrerpolicy="no-referrer">
          {onward.label}
        </a>
      )}
    </div>,
  )
}

/** What went wrong with the form, read out as the page appears. */
export function Alert({ children }: { children: string | undefined }) {
  return children ? (
    <p class="alert" role="alert" id="alert">
      {children}
    </p>
  ) : null
}

interface FieldProps {
  name: string
  /** Where one page has two fields of the same name. */
  id?: string
  label: string
  type?: string
  value?: string
  hint?: string
  autocomplete: string
  inputmode?: 'text' | 'email' | 'numeric' | 'tel'
  required?: boolean
  readonly?: boolean
  autofocus?: boolean
  minlength?: number
  maxlength?: number
  invalid?: boolean
}

export function Field({ name, id = name, label, hint, invalid = false, type = 'text', ...input }: FieldProps) {
  const describedBy = [hint && `${id}-hint`, invalid && 'alert'].filter(Boolean).join(' ')
  return (
    <>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        aria-describedby={describedBy || undefined}
        aria-invalid={invalid ? 'true' : undefined}
        {...input}
      />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </>
  )
}

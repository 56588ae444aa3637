/* global SimpleWebAuthnBrowser */
// Offers passkeys in the autofill of the username, and by a button. Without this the page has its other ways in.
const form = document.querySelector('#passkey')

async function logIn(useBrowserAutofill) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch('/auth/passkey-login/options', { method: 'POST', headers, body: '{}' })
  const optionsJSON = await answer.json()
  const response = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON, useBrowserAutofill })
  form.elements.response.value = JSON.stringify(response)
  form.submit()
}

/** Turning it down, or choosing the button while autofill waits, is no failure. */
const unlessDeclined = (error) => {
  if (!['NotAllowedError', 'AbortError'].includes(error.name)) throw error
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  logIn(false).catch(unlessDeclined)
})

form.hidden = !SimpleWebAuthnBrowser.browserSupportsWebAuthn()
const hasField = document.querySelector('[autocomplete$=webauthn]') !== null
SimpleWebAuthnBrowser.browserSupportsWebAuthnAutofill().then(
  (supported) => supported && hasField && logIn(true).catch(unlessDeclined),
)

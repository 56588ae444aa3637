/* global SimpleWebAuthnBrowser */
// Makes a passkey and hands it to the link's own address. Every word is in the page; this only shows the right ones.
const form = document.querySelector('form')
const button = form.querySelector('button')

function show(state) {
  for (const words of document.querySelectorAll('[data-state]')) words.hidden = words.dataset.state !== state
  form.hidden = ['done', 'taken', 'ended', 'unsupported'].includes(state)
  button.disabled = state === 'working'
}

async function register() {
  show('working')
  const passkey = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON: JSON.parse(form.dataset.options) })
  const response = await fetch(location.href, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ passkey, platform: 'web', name: form.elements.name.value }),
  })
  show({ 201: 'done', 409: 'taken', 410: 'ended' }[response.status] ?? 'failed')
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  register().catch((error) => show(error.name === 'NotAllowedError' ? 'cancelled' : 'failed'))
})

show(SimpleWebAuthnBrowser.browserSupportsWebAuthn() ? 'ready' : 'unsupported')

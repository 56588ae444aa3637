/* global SimpleWebAuthnBrowser */
// Makes a passkey and sends it with its name. Without this the page still lists and removes.
const form = document.querySelector('#enrol')

async function enrol() {
  const optionsJSON = JSON.parse(form.dataset.options)
  const response = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON })
  form.elements.response.value = JSON.stringify(response)
  form.submit()
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  // Turned down, or this device has one already: nothing has changed.
  enrol().catch((error) => {
    if (!['NotAllowedError', 'AbortError', 'InvalidStateError'].includes(error.name)) throw error
  })
})

form.hidden = !SimpleWebAuthnBrowser.browserSupportsWebAuthn()

// Asks the browser for a passkey, or to make one, and sends its answer with the form that stands around the question.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0))

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")

const known = (keys = []) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }))

const ways = {
  get: async (asks) => {
    const { response, ...key } = spread(
      await navigator.credentials.get({
        publicKey: { ...asks, challenge: bytes(asks.challenge), allowCredentials: known(asks.allowCredentials) },
      }),
    )
    const { authenticatorData, signature } = response
    return {
      ...key,
      response: {
        clientDataJSON: text(response.clientDataJSON),
        authenticatorData: text(authenticatorData),
        signature: text(signature),
      },
    }
  },
  create: async (asks) => {
    const { response, ...key } = spread(
      await navigator.credentials.create({
        publicKey: {
          ...asks,
          challenge: bytes(asks.challenge),
          user: { ...asks.user, id: bytes(asks.user.id) },
          excludeCredentials: known(asks.excludeCredentials),
        },
      }),
    )
    return {
      ...key,
      response: {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
      },
    }
  },
}

const spread = ({ rawId, type, response }) => ({ id: text(rawId), rawId: text(rawId), type, response })

for (const question of document.querySelectorAll("[data-passkey]")) {
  const button = question.querySelector("[data-passkey-button]")
  const trouble = question.querySelector("[data-passkey-trouble]")
  if (!window.PublicKeyCredential) {
    trouble.hidden = false
    continue
  }
  const asks = JSON.parse(question.querySelector("script[type='application/json']").textContent)
  button.hidden = false
  button.addEventListener("click", async () => {
    trouble.hidden = true
    try {
      const answer = await ways[question.dataset.passkey](asks)
      question.querySelector("[data-passkey-answer]").value = JSON.stringify(answer)
    } catch {
      trouble.hidden = false
      return
    }
    button.form.submit()
  })
}

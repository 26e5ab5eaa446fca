// Something from elsewhere is loaded only when a reader presses the button; without this script there is a plain link.
for (const embed of document.querySelectorAll("[data-embed]")) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "do on-night"
  button.textContent = embed.dataset.embedWords
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe")
    frame.src = embed.dataset.embed
    frame.title = embed.dataset.embedTitle
    frame.allow = "fullscreen; picture-in-picture"
    frame.allowFullscreen = true
    frame.referrerPolicy = "strict-origin-when-cross-origin"
    embed.replaceChildren(frame)
    frame.focus()
  })
  embed.querySelector("[data-embed-door]").prepend(button)
}

// Starts the desk's panels, date fields and choosers. Wagtail does so in inline scripts, which our policy does not run:
// the templates in web/templates/wagtailadmin/ say the same in data attributes, and a chooser's one line,
// `new PageChooser("id_lead", {…});`, is read here.
const CHOOSER = /^new (\w*Chooser)\((.*)\);$/s

const start = (root) => {
  for (const panel of root.querySelectorAll("[data-desk-panel]")) {
    const { deskPanel, options } = panel.dataset
    panel.removeAttribute("data-desk-panel")
    new window[deskPanel](JSON.parse(options))
  }
  for (const field of root.querySelectorAll("[data-desk-chooser]")) {
    const { deskChooser, config } = field.dataset
    const id = field.dataset.for
    if (!document.getElementById(id)) continue
    field.removeAttribute("data-desk-chooser")
    window[deskChooser](id, JSON.parse(config))
  }
  for (const script of root.querySelectorAll("script:not([src], [type], [data-read])")) {
    const [, name, values] = script.textContent.trim().match(CHOOSER) ?? []
    if (!window[name]) continue
    script.dataset.read = ""
    new window[name](...JSON.parse(`[${values}]`))
  }
}

// What people hear of a field whose label stands elsewhere: editors of rich text, tags, blocks with a heading alone.
const NAMELESS = ".public-DraftEditor-content, .ui-autocomplete-input, .w-panel :is(input, textarea):not([type=hidden])"

const name = (root) => {
  for (const field of root.querySelectorAll(NAMELESS)) {
    if (field.labels?.length || field.matches("[aria-label], [aria-labelledby], [title]")) continue
    const kept = field.closest(".Draftail-Editor__wrapper, .tagit")?.parentElement.querySelector("[id][name]") ?? field
    const label =
      document.querySelector(`label[for="${CSS.escape(kept.id)}"]`) ??
      field.closest(".w-panel")?.querySelector(".w-panel__heading")
    if (label) field.setAttribute("aria-label", label.textContent.replace(/\*[^]*/, "").trim())
  }
  for (const list of root.querySelectorAll(".w-minimap__list:not([tabindex])")) list.tabIndex = 0
}

start(document)
name(document)
new MutationObserver((changes) => {
  const added = changes.flatMap((change) => [...change.addedNodes])
  for (const node of added) {
    if (node.nodeType !== Node.ELEMENT_NODE || !node.isConnected) continue
    start(node.parentNode)
    name(node.parentNode)
  }
}).observe(document.body, { childList: true, subtree: true })

// Links to a second of the film on this page go there at once; without this script they load the page anew, at that second.
for (const list of document.querySelectorAll("[data-chapters]")) {
  const film = document.getElementById(list.dataset.chapters)
  const links = [...list.querySelectorAll("[data-second]")]
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault()
      film.currentTime = Number(link.dataset.second)
      film.scrollIntoView({ block: "nearest" })
      film.focus()
      film.play().catch(() => {})
    })
  }
  film.addEventListener("timeupdate", () => {
    const here = links.filter((link) => Number(link.dataset.second) <= film.currentTime).at(-1)
    for (const link of links) link === here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")
  })
}

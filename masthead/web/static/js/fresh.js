// Keeps a part of the page as it is on the server: asks for the page again every so many seconds while it is looked at.
// A page that has come to another state (data-fresh-as) is loaded anew, with what its policy allows then.
// Without this script the part is as fresh as the page. What somebody is using is left alone.
for (const part of document.querySelectorAll("[data-fresh]")) {
  const wait = Number(part.dataset.fresh) * 1000
  const look = async () => {
    if (document.hidden || part.contains(document.activeElement) || part.querySelector("details[open]")) return
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" })
    if (answer.status >= 500) return
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id)
    if (!answer.ok || now?.dataset.freshAs !== part.dataset.freshAs) return location.reload()
    if (now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML
  }
  setInterval(() => look().catch(() => {}), wait)
  document.addEventListener("visibilitychange", () => look().catch(() => {}))
}

// Shows one of a slot's creatives, by weight, before the slot is painted. Templates load nothing, so only its picture is fetched.
(() => {
  const frame = document.currentScript.parentNode.querySelector(".frame")
  const choices = [...frame.querySelectorAll("template")]
  let ticket = Math.random() * choices.reduce((sum, choice) => sum + +choice.dataset.weight, 0)
  const drawn = choices.find((choice) => (ticket -= choice.dataset.weight) < 0) || choices[0]
  frame.replaceChildren(drawn.content)
})()

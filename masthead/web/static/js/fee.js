// Shows what is paid together with the fee while the form is filled in. The server reckons; without this the same sum is
// shown by the page that comes before payment.
for (const form of document.querySelectorAll("[data-fee]")) {
  const says = form.querySelector("[data-fee-says]");
  const box = form.querySelector('input[name="cover"]');
  const sum = form.querySelector('input[name="sum"]');
  if (!says || !box || !sum) continue;
  let asked = 0;

  const show = async () => {
    const mine = ++asked;
    sum.value = "";
    says.textContent = "";
    says.classList.add("unsaid");
    if (!box.checked) return;
    const query = new URLSearchParams(new FormData(form));
    for (const unneeded of ["email", "note", "name", "sum"]) query.delete(unneeded);
    try {
      const answer = await fetch(`${form.dataset.fee}?${query}`);
      if (!answer.ok || mine !== asked) return;
      const found = await answer.json();
      if (mine !== asked) return;
      sum.value = found.sum;
      says.textContent = found.says;
      says.classList.toggle("unsaid", !found.says);
    } catch {
      // Away for a moment: the page before payment shows it.
    }
  };

  form.addEventListener("change", show);
  form.querySelector('input[name="own"]')?.addEventListener("input", show);
}

// Copy buttons, and the map's form without its button. Everything works without this file.
document.documentElement.classList.add("with-script");
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const inside = source.querySelectorAll("p.reference");
  const parts = [...(inside.length ? inside : [source])].map((part) => {
    const copy = part.cloneNode(true);
    copy.querySelectorAll(".spoken").forEach((node) => node.remove());
    return copy;
  });
  // With italics for what takes them, as in Word, and in words for what does not.
  const forms = {
    "text/html": parts.map((part) => `<p>${part.innerHTML.trim()}</p>`).join("\n"),
    "text/plain": parts.map((part) => part.textContent.trim()).join("\n"),
  };
  try {
    const blobs = Object.entries(forms).map(([type, form]) => [type, new Blob([form], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
  } catch {
    const range = document.createRange();
    range.selectNodeContents(source);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (!document.execCommand("copy")) return;
  }
  button.classList.add("copied");
  button.setAttribute("aria-pressed", "true");
  setTimeout(() => { button.classList.remove("copied"); button.removeAttribute("aria-pressed"); }, 2000);
});

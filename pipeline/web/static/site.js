// Copy buttons, and the map's form without its button. Everything works without this file.
document.documentElement.classList.add("with-script");
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const text = [...(source.querySelectorAll("p.reference").length ? source.querySelectorAll("p.reference") : [source])]
    .map((part) => [...part.childNodes].filter((node) => !node.classList?.contains("spoken")).map((node) => node.textContent).join("").trim())
    .join("\n");
  try {
    await navigator.clipboard.writeText(text);
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

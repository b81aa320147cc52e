// Turns the page beside a passage where it stands, so that nothing typed is lost.
// Without it each link leads to the page by itself, in another tab.
"use strict";
(() => {
  const beside = document.getElementById("page-beside");
  if (!beside) return;
  const fold = beside.closest("details");
  const wide = matchMedia("(min-width: 60rem)");
  const unfold = () => { fold.open = wide.matches; };
  unfold();
  wide.addEventListener("change", unfold);
  beside.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-turn]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const key = link.dataset.press;
    const focused = link === document.activeElement;
    const answer = await fetch(link.href).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    const found = new DOMParser().parseFromString(html, "text/html").getElementById("page-beside");
    if (!found) { window.open(link.href, link.target || "page"); return; }
    beside.replaceChildren(...found.childNodes);
    if (focused) (beside.querySelector(`a[data-press="${key}"]`) ?? beside.querySelector("a"))?.focus();
  });
})();

// A piece's id goes into the sentence at the caret, by its button or key. Without it ids are copied by hand.
"use strict";
(() => {
  const text = document.getElementById("sentences");
  if (!text) return;
  const insert = (id) => {
    const at = text.selectionEnd;
    const from = text.value.lastIndexOf("\n", at - 1) + 1;
    const before = text.value.slice(from, at);
    const inside = before.lastIndexOf("[") > before.lastIndexOf("]");
    const closed = before.trimEnd().endsWith("]");
    if (closed) {
      const place = from + before.lastIndexOf("]");
      text.setRangeText(`, ${id}`, place, place, "end");
      text.selectionStart = text.selectionEnd += 1;
    } else if (inside) {
      text.setRangeText(before.trimEnd().endsWith("[") ? id : `, ${id}`, at, at, "end");
    } else {
      text.setRangeText(`${before && !before.endsWith(" ") ? " " : ""}[${id}]`, at, at, "end");
    }
    text.focus();
  };
  for (const button of document.querySelectorAll("[data-insert]")) {
    button.addEventListener("click", () => insert(button.dataset.insert));
  }
})();

// Keys and small comforts for the coding page. Everything here also works without it.
"use strict";
(() => {
  const form = document.getElementById("answer");
  if (!form) return;
  document.body.classList.add("with-script");
  const help = document.getElementById("help");
  const keysOn = document.getElementById("keys-on");
  const main = form.querySelector("fieldset[data-main]");
  const boxes = main ? [...main.querySelectorAll("input")] : [];
  const none = boxes.find((box) => box.dataset.key === "0");
  const quote = document.getElementById("quote");
  const words = document.getElementById("words");
  const note = form.querySelector("textarea");
  const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  if (keysOn) {
    keysOn.checked = remembered("keys") !== "off";
    keysOn.addEventListener("change", () => {
      try { localStorage.setItem("keys", keysOn.checked ? "on" : "off"); } catch { /* private window */ }
    });
  }

  // Leaving with an unsaved change asks.
  const state = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrftoken"));
  const before = document.getElementById("reasons") ? "" : state();
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  document.getElementById("undo")?.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && state() !== before) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  // "None of them" and a code exclude each other.
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type !== "checkbox" || !box.name.startsWith("codes.") || !box.checked) return;
    for (const other of form.querySelectorAll("input[type=checkbox]")) {
      if (other !== box && other.name === box.name && (box.value === "none") !== (other.value === "none")) {
        if (box.value === "none" || other.value === "none") other.checked = false;
      }
    }
  });
  const press = (box) => box?.click();
  const take = (codes) => {
    for (const box of boxes) {
      const wanted = codes.includes(box.value);
      if (box.checked !== wanted) { box.checked = wanted; }
    }
    if (!codes.length && none) none.checked = true;
  };
  for (const button of document.querySelectorAll("[data-accept]")) {
    button.addEventListener("click", () => take(button.dataset.accept.split(" ").filter(Boolean)));
  }

  // Words selected in the passage carry the answer.
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (!quote || !words || !selection || selection.isCollapsed) return;
    if (words.contains(selection.anchorNode) && words.contains(selection.focusNode)) {
      quote.value = selection.toString().replace(/\s+/g, " ").trim();
    }
  });

  const act = {
    a: () => document.querySelector(".suggestions [data-accept]")?.click(),
    c: () => document.querySelector(".checked [data-accept]")?.click(),
    s: () => document.getElementById("skip")?.click(),
    u: () => { leaving = true; document.getElementById("undo").requestSubmit(); },
    n: () => note?.focus(),
    "?": () => help?.showModal(),
  };
  document.getElementById("show-help")?.addEventListener("click", act["?"]);
  document.addEventListener("keydown", (event) => {
    if (help?.open || event.altKey || event.metaKey || event.isComposing) return;
    const target = event.target;
    const typing = target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");
    if (event.key === "Escape" && typing) { target.blur(); return; }
    if (event.key === "Enter") {
      const plain = !target.matches("textarea, a, button, summary");
      if (plain || event.ctrlKey) {
        event.preventDefault();
        form.requestSubmit(form.querySelector("button.primary"));
      }
      return;
    }
    if (typing || event.ctrlKey || (keysOn && !keysOn.checked)) return;
    if (/^\d$/.test(event.key)) {
      const box = boxes.find((item) => item.dataset.key === event.key);
      if (box) { event.preventDefault(); press(box); }
    } else if (act[event.key] && main) {
      event.preventDefault();
      act[event.key]();
    }
  });
  document.getElementById("reasons")?.focus();
})();

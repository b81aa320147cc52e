// Keys and small comforts for the coding page. Everything here also works without it.
"use strict";
(() => {
  const form = document.getElementById("answer");
  if (!form) {
    // A page without an answer, such as the orphans: only its buttons have keys.
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, textarea, select")) return;
      if (localStorage.getItem("keys") === "off") return;
      [...document.querySelectorAll("[data-press]")].find((item) => item.dataset.press === event.key)?.click();
    });
    return;
  }
  document.body.classList.add("with-script");
  const help = document.getElementById("help");
  const keysOn = document.getElementById("keys-on");
  const main = form.querySelector("fieldset[data-main]");
  const boxes = main ? [...main.querySelectorAll("input")] : [];
  const none = boxes.find((box) => box.dataset.key === "0");
  const quote = document.getElementById("quote");
  const words = document.getElementById("words");
  const note = form.querySelector("textarea");
  const coder = form.elements.coder?.value;
  const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  if (keysOn) {
    keysOn.checked = remembered("keys") !== "off";
    keysOn.addEventListener("change", () => {
      try { localStorage.setItem("keys", keysOn.checked ? "on" : "off"); } catch { /* private window */ }
    });
  }

  // Leaving with an unsaved change asks.
  const entries = () => [...new FormData(form)].filter(([name]) => name !== "csrftoken");
  const state = () => JSON.stringify(entries());
  const before = document.getElementById("reasons") ? "" : state();
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && state() !== before) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  // What is not saved goes along to the page of more or fewer sentences, and is taken up there once.
  const takeUp = (carried) => {
    const given = (box) => carried.filter(([name]) => name === box.name).map(([, value]) => value);
    for (const box of form.querySelectorAll("input:not([type=hidden]), textarea")) {
      if (box.matches("[type=checkbox], [type=radio]")) box.checked = given(box).includes(box.value);
      else if (box !== quote) box.value = given(box)[0] ?? "";
      else if (!box.value && words.textContent.includes(given(box)[0])) [box.value] = given(box);
      if (box.checked && box.closest("details")) box.closest("details").open = true;
    }
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-carries]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || state() === before) return;
    try {
      sessionStorage.setItem("carried", JSON.stringify([link.href, coder, entries()]));
      leaving = true;
    } catch { /* nowhere to keep it: the browser asks */ }
  });
  try {
    const [to, by, carried] = JSON.parse(sessionStorage.getItem("carried")) ?? [];
    sessionStorage.removeItem("carried");
    if (to === location.href && by === coder) takeUp(carried);
  } catch { /* nothing was kept */ }

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
  let kept = "";  // words behind which somebody wrote …
  document.addEventListener("selectstart", () => {
    kept = quote?.value.trim().endsWith("…") ? `${quote.value.trim()} ` : "";
  });
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (!quote || !words || !selection || selection.isCollapsed) return;
    if (words.contains(selection.anchorNode) && words.contains(selection.focusNode)) {
      quote.value = kept + selection.toString().replace(/\s+/g, " ").trim();
    }
  });

  // Every element with data-press has a key of its own.
  const pressed = (key) => [...document.querySelectorAll("[data-press]")].find((item) => item.dataset.press === key);
  document.getElementById("show-help")?.addEventListener("click", () => help?.showModal());
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
    const box = boxes.find((item) => item.dataset.key === event.key);
    const other = pressed(event.key);
    if (!box && !other && event.key !== "n") return;
    event.preventDefault();
    if (event.key === "n") note?.focus();
    else (box ?? other).click();
  });
  document.getElementById("reasons")?.focus();
})();

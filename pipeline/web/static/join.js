// A selection in the text of the coding page: across sentences it leads to one passage of them all.
"use strict";
(() => {
  const bar = document.getElementById("join");
  const reading = bar?.closest(".reading");
  if (!bar || !reading) return;
  const quote = document.getElementById("quote");
  const words = document.getElementById("words");
  const [said, link] = [bar.querySelector("span"), bar.querySelector("a")];
  const folded = (text) => text.replace(/\s+/g, " ").trim();
  const say = (text) => {
    link.hidden = true;
    if (said.textContent !== text) said.textContent = text;
    bar.hidden = !text;
  };

  // The part of a selection that lies within a sentence, and how many characters stand before it.
  const within = (range, sentence) => {
    const all = document.createRange();
    all.selectNodeContents(sentence);
    if (range.compareBoundaryPoints(Range.START_TO_START, all) > 0) all.setStart(range.startContainer, range.startOffset);
    if (range.compareBoundaryPoints(Range.END_TO_END, all) < 0) all.setEnd(range.endContainer, range.endOffset);
    const before = document.createRange();
    before.setStart(sentence, 0);
    before.setEnd(all.startContainer, all.startOffset);
    return { text: all.toString(), at: [...before.toString()].length };
  };
  const offer = (taken) => {
    const [one, last] = [taken[0], taken[taken.length - 1]];
    const number = taken.reduce((sum, item) => sum + Number(item.sentence.dataset.count), 0);
    if (new Set(taken.map((item) => item.sentence.dataset.document)).size > 1) return say(bar.dataset.other);
    if (number > Number(bar.dataset.most)) return say(bar.dataset.tooMany);
    const before = taken.slice(0, -1).reduce((sum, item) => sum + [...item.sentence.textContent].length + 1, 0);
    const address = new URL(one.sentence.dataset.address, location.href);
    if (number > 1) address.searchParams.set("to", last.sentence.dataset.last);
    address.searchParams.set("marked", `${one.at}-${before + last.at + [...last.text].length}`);
    say("");
    link.href = address;
    link.textContent = number > 1 ? link.dataset.many.replace("{number}", number) : link.dataset.one;
    link.hidden = bar.hidden = false;
  };
  const look = () => {
    const selection = document.getSelection();
    if (!selection?.rangeCount || selection.isCollapsed || !folded(selection.toString())) return;
    const range = selection.getRangeAt(0);
    if (!reading.contains(range.startContainer) && !reading.contains(range.endContainer)) return;
    const sentences = [...reading.querySelectorAll("[data-first]")].filter((item) => range.intersectsNode(item));
    const taken = sentences.map((sentence) => ({ sentence, ...within(range, sentence) })).filter((item) => folded(item.text));
    if (!taken.length) {
      const title = [...reading.querySelectorAll("h1, .source, .locator")].some((item) => range.intersectsNode(item));
      say(title ? bar.dataset.outside : "");
    } else if (bar.dataset.shut) say(bar.dataset.shut);
    else if (taken.length === 1 && taken[0].sentence === words) {
      say("");
      if (quote) quote.value = folded(taken[0].text);
    } else offer(taken);
  };
  document.addEventListener("selectionchange", look);
  // A key that leads nowhere says why.
  for (const item of document.querySelectorAll("[data-says]")) {
    item.addEventListener("click", () => say(item.textContent));
  }
})();

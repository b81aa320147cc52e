"""References as pandoc's citeproc prints them, beside ours: `python -m tests.citing.compare_with_pandoc`.

Needs pandoc (2.17 made the file as it stands); `make test` does not. Pandoc gets the same items,
the same style and the same locale: its own are older, so the words of ours are written into a
copy of the style. Three things it does not know are told to it: `chicago-16`, the page ranges of
which are those of `chicago`; "and others", which it takes for a name; the words of genres in Dutch.
With `--write`, expected.csv gets what both print now, and keeps who is right.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from citeproc import LOCALES_PATH
from lxml import etree

from pipeline.model.source_genres import translated
from pipeline.published.citation.citation_styles import STYLES, locale_of, style_path
from tests.citing.kinds import EXPECTED, LANGUAGES, expected, items, normal, printed

CSL = "{http://purl.org/net/xbiblio/csl}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ENTRY = re.compile(
    r'<div id="ref-(\w+)" class="csl-entry"[^>]*>(.*?)\n</div>(?=\n<div id|\n</div>)', re.DOTALL
)
COLUMNS = ("key", "style", "language", "reference", "pandoc", "right")


def with_locale(path: Path, locale: str) -> bytes:
    """The style with one locale in it: what it says itself, then what the locale files say."""
    root = etree.parse(str(path), etree.XMLParser(remove_comments=True)).getroot()
    own = root.findall(f"{CSL}locale")
    order = [one for name in (locale, locale[:2], None) for one in own if one.get(LANG) == name]
    order += [
        etree.parse(f"{LOCALES_PATH}/locales-{name}.xml").getroot()
        for name in dict.fromkeys((locale, "en-US"))
    ]
    options: dict[str, str] = {}
    found: dict[tuple[str | None, ...], Any] = {}
    ordinals = None
    for one in order:
        for said in one.findall(f"{CSL}style-options"):
            options = {**said.attrib, **options}
        for date in one.findall(f"{CSL}date"):
            found.setdefault(("date", date.get("form")), date)
        for term in one.findall(f"{CSL}terms/{CSL}term"):
            name = term.get("name")
            if name.startswith("ordinal"):
                if ordinals not in (None, one):
                    continue
                ordinals = one
            found.setdefault((name, term.get("form"), term.get("gender-form")), term)
    whole = etree.Element(f"{CSL}locale", {LANG: locale})
    if options:
        etree.SubElement(whole, f"{CSL}style-options", options)
    whole.extend([one for key, one in found.items() if key[0] == "date"])
    terms = etree.SubElement(whole, f"{CSL}terms")
    terms.extend([one for key, one in found.items() if key[0] != "date"])
    for one in own:
        root.remove(one)
    root.insert(1, whole)
    text: bytes = etree.tostring(root, encoding="utf-8")
    # Each entry stands alone here, so none takes its authors from the one before it.
    text = re.sub(rb' subsequent-author-substitute="[^"]*"', b"", text)
    return text.replace(b'"chicago-16"', b'"chicago"')


def for_pandoc(item: dict[str, Any], language: str) -> dict[str, Any]:
    """An item as pandoc understands it."""
    item = dict(item)
    if role := item.pop("custom", {}).get("and-others"):
        item[role] = [*item[role], {"literal": "others"}]
    said = {name: translated(item[name], language) for name in ("genre", "status") if name in item}
    return item | said


def by_pandoc() -> dict[tuple[str, str, str], str]:
    """What pandoc prints, by key, style and language."""
    found = {}
    for style in STYLES:
        for language in LANGUAGES:
            locale = locale_of(style_path(style), language)
            entries = [for_pandoc(item, language) for item in items().values()]
            with tempfile.NamedTemporaryFile(suffix=".csl") as file:
                file.write(with_locale(style_path(style), locale))
                file.flush()
                command = ["pandoc", "-f", "csljson", "-t", "html", "--wrap=none", "--citeproc"]
                command += ["--csl", file.name, "-M", f"lang={locale}", "-M", "title=x"]
                text = subprocess.run(
                    command, input=json.dumps(entries), capture_output=True, text=True, check=True
                ).stdout
            found |= {(key, style, language): normal(html) for key, html in ENTRY.findall(text)}
    return found


def main() -> None:
    """Print how many are the same, and what differs."""
    theirs = by_pandoc()
    known = expected() if EXPECTED.is_file() else {}
    rows = []
    for key, style, language, ours in printed():
        place = (key, style, language)
        same = theirs.get(place) == ours
        why = "" if same else known.get(place, {}).get("right", "")
        rows.append((*place, ours, "" if same else theirs.get(place, ""), why))
        if not same:
            print(f"{'/'.join(place)}\n  ours    {ours}\n  pandoc  {theirs.get(place)}\n  {why}")
    same = sum(not row[4] for row in rows)
    print(f"{same} of {len(rows)} are the same: {same / len(rows):.1%}")
    if "--write" in sys.argv:
        with EXPECTED.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()

"""A style with the words of a locale, both read once: terms are found by name, not searched."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from citeproc import LANGUAGE_NAMES, LOCALES_PATH, PRIMARY_DIALECTS
from citeproc.formatter import html
from citeproc.model import CitationStylesElement
from lxml import etree

CSL = "http://purl.org/net/xbiblio/csl"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_FALLBACK = {"verb-short": "verb", "symbol": "short", "verb": "long", "short": "long"}


class Terms:
    """What the locales of a style say, the first that says it: those in the style, then files."""

    def __init__(self, locales: Iterable[Any]) -> None:
        self._terms: dict[tuple[str, str], Any] = {}
        self._dates: dict[str, Any] = {}
        self._options = {"limit-day-ordinals-to-day-1": "false", "punctuation-in-quote": "false"}
        options: dict[str, str] = {}
        ordinals = None
        for locale in locales:
            for term in locale.iterfind(f"{{{CSL}}}terms/{{{CSL}}}term"):
                name = term.get("name")
                if name.startswith("ordinal"):
                    # Ordinals are those of one locale: a suffix of another would be mixed in.
                    if ordinals not in (None, locale):
                        continue
                    ordinals = locale
                self._terms.setdefault((name, term.get("form", "long")), term)
            for date in locale.iterfind(f"{{{CSL}}}date"):
                self._dates.setdefault(date.get("form"), date)
            for said in locale.iterfind(f"{{{CSL}}}style-options"):
                options = {**said.attrib, **options}
        self._options |= options

    def get_term(self, name: str, form: str | None = None, zero_padded: bool = False) -> Any:
        """A term in a form, or in the next one that the specification falls back to."""
        wanted: str | None = form or "long"
        while wanted:
            term = self._terms.get((name, wanted))
            if term is not None and not (zero_padded and term.get("match") in _WHOLE):
                return term
            wanted = _FALLBACK.get(wanted)
        raise IndexError(name)

    def get_date(self, form: str) -> Any:
        """A localized date. Raises IndexError."""
        if form not in self._dates:
            raise IndexError(form)
        return self._dates[form]

    def get_option(self, name: str) -> str:
        """An option of the locale."""
        return self._options[name]


_WHOLE = ("whole-number", "last-two-digits")


def read_style(path: Path, locale: str, classes: Iterable[type]) -> Any:
    """The root of a style, made of these classes and citeproc-py's, with terms in a locale.

    An empty `locale` is the style's own: `default-locale`, or else American English.
    """
    own = {_element(cls): cls for cls in classes}
    root = _parsed(path, own)
    wanted = locale or root.get("default-locale", "en-US")
    language = wanted.partition("-")[0]
    inside = root.findall(f"{{{CSL}}}locale")
    chosen = [
        one for name in (wanted, language, None) for one in inside if one.get(LANGUAGE) == name
    ]
    files = (
        wanted if wanted in LANGUAGE_NAMES else "",
        PRIMARY_DIALECTS.get(language, ""),
        "en-US",
    )
    for name in dict.fromkeys(filter(None, files)):
        file = _parsed(Path(LOCALES_PATH) / f"locales-{name}.xml", own)
        file.style = root
        chosen.append(file)
    root.formatter = html
    root.language = language
    root.terms = Terms(chosen)
    root.locales = [root.terms]
    root.kept = chosen  # what hangs on an element is lost with the last reference to it
    return root


def _element(cls: type) -> str:
    return cls.__name__.replace("_", "-").lower()


def _parsed(path: Path, own: dict[str, type]) -> Any:
    lookup = etree.ElementNamespaceClassLookup()
    names = lookup.get_namespace(CSL)
    names[None] = CitationStylesElement
    names.update({_element(cls): cls for cls in CitationStylesElement.__subclasses__()})
    names.update(own)
    parser = etree.XMLParser(remove_comments=True, encoding="UTF-8", no_network=True)
    parser.set_element_class_lookup(lookup)
    return etree.parse(str(path), parser).getroot()

"""Elements of styles as CSL 1.0.2 has them: groups, conditions, texts, numbers, labels."""

from __future__ import annotations

import re
from typing import Any

from citeproc import model
from citeproc.string import String

from pipeline.model.csl import PREPRINT
from pipeline.published.citation.mended.csl_casing import in_case
from pipeline.published.citation.mended.csl_tally import Missing, said_of

# Numbers with a prefix or suffix, one or several: 2, 2b, D2, 3-4, "1, 2 & 5".
_NUMERIC = re.compile(r"[A-Za-z]*\d+[A-Za-z]*(?:\s*[-–,&/]\s*[A-Za-z]*\d+[A-Za-z]*)*\Z")
_SEVERAL = re.compile(r"\d\w*\s*[-–&]\s*\w*\d|\d\w*,\s*\w*\d")
_SEVERAL_NUMBERS = re.compile(r"\d\w*(?:\s*&\s*|,\s+)\w*\d")
# What styles guess of an article from facts that are missing: in truth they are only not known.
_GUESSED = ("advance-online-publication", "preprint")
_RANGE = re.compile(r"(\d+)\s*-\s*(\d+)\Z")


class Cased:
    """Text case and quotation marks."""

    def case(self: Any, text: Any, language: str | None = None) -> Any:
        """The text in the case that the style wants."""
        wanted = self.get("text-case")
        if not wanted or not text:
            return text
        return String(in_case(str(text), wanted, language in (None, "en")))

    def quote(self: Any, text: Any) -> Any:
        """The text in quotation marks, those inside it changed for inner ones."""
        if self.get("quotes") != "true":
            return text
        marks = [self.get_single_term(name=f"{side}-quote") for side in ("open", "close")]
        inner = [self.get_single_term(name=f"{side}-inner-quote") for side in ("open", "close")]
        inside = str(text)
        for double, single in zip("“”", inner, strict=True):
            inside = inside.replace(double, single) if marks[0] == "“" else inside
        return String(f"{marks[0]}{inside}{marks[1]}")


class Locale(model.Locale):  # type: ignore[misc]
    """A locale file, whose elements ask for terms where the style does."""

    def get_term(self, name: str, form: str | None = None, zero_padded: bool = False) -> Any:
        """The term that the style uses, or None."""
        try:
            return self.style.terms.get_term(name, form, zero_padded)
        except IndexError:
            return None

    def get_option(self, name: str) -> Any:
        """The option that the style uses."""
        return self.style.terms.get_option(name)


class Macro(model.Macro):  # type: ignore[misc]
    """A macro counts as a group: what it says stands only if a variable in it has a value."""

    def render(self, item: Any, context: Any = None, sort_options: Any = None) -> Any:
        return _if_anything_said(self, item, context=context)


class Group(Cased, model.Group):  # type: ignore[misc]
    """A group stands if none of its elements asks for a variable, or one has a value."""

    def process(self, item: Any, context: Any = None, delimiter: str = "", **_: Any) -> Any:
        return _if_anything_said(self, item, delimiter=self.get("delimiter", ""), context=context)


def _if_anything_said(element: Any, item: Any, **kwargs: Any) -> Any:
    asked, said = item["asked"], len(item["said"])
    text = element.render_children(item, **kwargs)
    if not text or (item["asked"] > asked and len(item["said"]) == said):
        raise Missing
    return text


class Substitute(model.Substitute):  # type: ignore[misc]
    """The first that has something to say, which is then said nowhere else."""

    def render(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        for child in self.iterchildren():
            said = len(item["said"])
            try:
                text = child.render(item, context=context, **kwargs)
            except Missing:
                continue
            if text:
                item["silent"].update(item["said"][said:])
                return text
        raise Missing


class If(model.If):  # type: ignore[misc]
    """Conditions."""

    def render(self, item: Any, context: Any = None, delimiter: str = "", **kwargs: Any) -> Any:
        if self.get("disambiguate"):  # an entry alone needs no telling apart
            raise model.ConditionFailed
        return super().render(item, context=context, delimiter=delimiter, **kwargs)

    def _is_numeric(self, item: Any) -> list[bool]:
        return [
            bool(_NUMERIC.match(str(item.reference.get(name.replace("-", "_"), ""))))
            for name in self.get("is-numeric").split()
        ]


class Else_If(If):  # noqa: N801 (the class is found by the element's name)
    """Further conditions."""


class Text(Cased, model.Text):  # type: ignore[misc]
    """A variable, a macro, a term or a value."""

    def process(self, item: Any, context: Any = None, **_: Any) -> tuple[Any, str]:
        context = self if context is None else context
        language = str(item.reference.get("language", "")) or self.get_root().language
        if "variable" in self.attrib:
            text = self._variable(item, context)
        elif "macro" in self.attrib:
            text = self.get_macro(self.get("macro")).render(item, context)
        elif self._guesses(item):
            raise Missing
        elif "term" in self.attrib:
            text = self._term(item)
            if self.get("term") == "no date":  # stands for the date, and so is an answer
                item["said"].append("issued")
        else:
            text = String(self.preformat(self.get("value")))
        return text, language[:2]

    def _guesses(self, item: Any) -> bool:
        """Whether it says what a style only concludes from facts that are missing."""
        said = self.get("term") or self.get("value", "").strip().lower()
        return said in _GUESSED and item.reference.type != PREPRINT

    def _variable(self, item: Any, context: Any) -> Any:
        variable = self.get("variable")
        if variable == "citation-number":
            return String(item.number)
        if self.get("form") == "short":
            short = f"{variable}-short"
            if item.reference.get(short.replace("-", "_")):
                variable = short
        value = said_of(item, "page" if variable == "page-first" else variable)
        if value is None:
            raise Missing
        if variable.startswith("page"):
            return String(self._process(value, variable))
        if variable in ("issue", "volume"):
            return String(_RANGE.sub("\\1–\\2", str(value)))
        return String(value)

    def get_macro(self, name: str) -> Any:
        """A macro of the style, looked for once."""
        root = self.get_root()
        if root.macros is None:
            root.macros = {
                macro.get("name"): macro for macro in root.iterfind("cs:macro", root.nsmap)
            }
        return root.macros[name]


class Number(Cased, model.Number):  # type: ignore[misc]
    """A variable that is a number."""

    def process(self, item: Any, context: Any = None, **_: Any) -> Any:
        variable = self.get("variable")
        value = said_of(item, "page" if variable == "page-first" else variable)
        if value is None:
            raise Missing
        return String(self._process(value, variable) if _NUMERIC.match(str(value)) else value)


class Label(Cased, model.Label):  # type: ignore[misc]
    """The word for a variable, in the plural where it holds several."""

    def process(
        self, item: Any, variable: str | None = None, plural: bool | None = None,
        context: Any = None, **_: Any,
    ) -> Any:  # fmt: skip
        name = variable or self.get("variable")
        if plural is None:
            value = str(item.reference.get(name.replace("-", "_"), ""))
            if not value or name in item["silent"]:
                return None
            plural = _several(name, value)
        how = self.get("plural", "contextual")
        many = how == "always" or (plural and how != "never")
        term = self.get_plural_term if many else self.get_single_term
        return term(name=name, form=self.get("form", "long"))


def _several(variable: str, value: str) -> bool:
    if variable.startswith("number-of"):
        return value != "1"
    return bool((_SEVERAL_NUMBERS if variable == "number" else _SEVERAL).search(value))


class Name_Part(Cased, model.Name_Part):  # type: ignore[misc] # noqa: N801
    """A part of a name."""

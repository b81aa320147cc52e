"""Names in references as CSL 1.0.2 has them: inherited options, labels, "and others"."""

from __future__ import annotations

import re
from typing import Any

from citeproc import model
from citeproc.string import String

from pipeline.published.citation.mended.csl_tally import Missing, said_of

# Options of names that a style sets for all of it, and by what name where that is another.
_INHERITED = {"form": "name-form", "delimiter": "name-delimiter"}
_DEFAULTS = {
    "delimiter": ", ",
    "delimiter-precedes-et-al": "contextual",
    "delimiter-precedes-last": "contextual",
    "et-al-use-first": "1",
    "form": "long",
    "initialize": "true",
    "initialize-with-hyphen": "true",
    "demote-non-dropping-particle": "display-and-sort",
    "sort-separator": ", ",
}
# Scripts in which a name has no blank and no initials.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Names(model.Names):  # type: ignore[misc]
    """The people of one role or several; in the place of nobody, what the style substitutes."""

    def render(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        pattern = self._pattern()
        roles = self._roles(item)
        parts = []
        for role in roles:
            if (people := said_of(item, role)) is None:
                continue
            parts.append(pattern.one_role(item, role, people, self if context is None else context))
        if parts:
            delimiter = self.get("delimiter") or pattern.get("delimiter")
            if delimiter is None:
                delimiter = _area(self, context).get("names-delimiter") or ""
            return self.markup(model.join(parts, delimiter))
        substitute = self.substitute()
        if substitute is not None:
            return substitute.render(item, context=context, **kwargs)
        raise Missing

    def _pattern(self) -> Any:
        """Whose names and labels these are like: without any of their own, what they replace."""
        if len(self) == 0:
            for element in self.iterancestors(f"{{{self.nsmap['cs']}}}substitute"):
                return element.getparent()
        return self

    def _roles(self, item: Any) -> list[str]:
        roles = str(self.get("variable", "")).split()
        both = [item.reference.get(role) for role in ("editor", "translator")]
        if set(roles) == {"editor", "translator"} and both[0] and both[0] == both[1]:
            return ["editortranslator"]
        return roles

    def one_role(self, item: Any, role: str, people: list[Any], context: Any) -> Any:
        """The people of one role with their label."""
        # An element that stands nowhere in a style has no formatter, so a name is put there.
        name = self.name
        if name is None:
            name = self.makeelement(f"{{{self.nsmap['cs']}}}name")
            self.insert(0, name)
        others = item.and_others == role
        text = name.markup(name.listed(people, others, self, context))
        if (label := self.label) is not None and name.option("form", context) != "count":
            said = label.render(item, role, len(people) > 1 or others, context=context)
            if said:
                text = said + text if self.index(label) < self.index(name) else text + said
        return text


class Name(model.Name):  # type: ignore[misc]
    """How names of one role are listed."""

    def option(self, name: str, context: Any) -> Any:
        """An option of this element, of the bibliography or of the style, the first that is set."""
        value = self.get(name)
        shared = _INHERITED.get(name, name)
        for element in (_area(self, context), self.get_root()):
            if value is None:
                value = element.get(shared)
        return _DEFAULTS.get(name) if value is None else value

    def listed(self, people: list[Any], others: bool, names: Any, context: Any) -> Any:
        """The names in a row, shortened as the style wants it."""

        def option(name: str) -> Any:
            return self.option(name, context)

        most, shown = int(option("et-al-min") or 0), int(option("et-al-use-first"))
        short = 0 < most <= len(people) and shown < len(people)
        if option("form") == "count":
            return String(min(len(people), shown) if short else len(people))
        last = short and not others and option("et-al-use-last") == "true" and shown <= most - 2
        texts = [self._one(one, index, option) for index, one in enumerate(people)]
        delimiter = option("delimiter")
        if last:
            return model.join([*texts[:shown], String("… ") + texts[-1]], delimiter)
        if short or others:
            texts = texts[:shown] if short else texts
            return self._with_others(texts, names, delimiter, option("delimiter-precedes-et-al"))
        return self._joined(texts, delimiter, option)

    def _joined(self, texts: list[Any], delimiter: str, option: Any) -> Any:
        word = {"text": self.get_single_term(name="and"), "symbol": self.preformat("&")}
        link = word.get(option("and"))
        if not link or len(texts) < 2:
            return model.join(texts, delimiter)
        how = option("delimiter-precedes-last")
        inverted = option("name-as-sort-order") == "all" or (
            option("name-as-sort-order") == "first" and len(texts) == 2
        )
        before = (
            how == "always"
            or (how == "contextual" and len(texts) > 2)
            or (how == "after-inverted-name" and inverted)
        )
        head = model.join(texts[:-1], delimiter)
        return head + (delimiter if before else " ") + f"{link} " + texts[-1]

    def _with_others(self, texts: list[Any], names: Any, delimiter: str, how: str) -> Any:
        element = names.find("cs:et-al", names.nsmap)
        said = self.get_single_term(name="et-al") if element is None else element.render()
        before = how == "always" or (how == "contextual" and len(texts) > 1)
        return model.join(texts, delimiter) + (delimiter if before else " ") + said

    def _one(self, person: Any, index: int, option: Any) -> Any:
        given, family, dropping, particle, suffix = person.parts()
        family = family or ""
        if given and _UNSPACED.search(f"{family}{given}"):
            whole = family if option("form") == "short" else f"{family}{given}"
            return String(self.format_parts("", whole)[1])
        if given and option("initialize-with") is not None and option("initialize") != "false":
            given = self.shortened(given, option("initialize-with"), option)
        order = option("name-as-sort-order")
        if option("form") == "short":
            return String(self.format_parts("", _words(particle, family))[1])
        if order != "all" and not (order == "first" and index == 0):
            given, family = self.format_parts(given, _words(dropping, particle, family))
            return String(_words(given, family, suffix))
        if option("demote-non-dropping-particle") == "display-and-sort":
            given, family = self.format_parts(_words(given, dropping, particle), family)
        else:
            given, family = self.format_parts(_words(given, dropping), _words(particle, family))
        return String(option("sort-separator").join(filter(None, (family, given, suffix))))

    def format_parts(self, given: Any, family: Any) -> tuple[Any, Any]:
        """Given and family names as the style sets them."""
        for part in self.findall("cs:name-part", self.nsmap):
            if part.get("name") == "given" and given:
                given = str(part.wrap(part.format(part.case(String(given)))))
            elif part.get("name") == "family" and family:
                family = str(part.wrap(part.format(part.case(String(family)))))
        return given, family

    def shortened(self, given: str, mark: str, option: Any) -> str:
        """Initials of given names; what begins small is a particle and stays."""
        hyphen = "-" if option("initialize-with-hyphen") != "false" else ""
        parts = []
        for word in str(given).replace(".", ". ").split():
            pieces = [piece for piece in re.split("[-‐]", word) if piece.strip(".")]
            if pieces and pieces[0][0].islower():
                parts.append(f" {word} ")
            else:
                first = f"{mark.rstrip()}{hyphen}" if hyphen else mark
                parts.append(first.join(piece[0] for piece in pieces) + mark)
        return " ".join("".join(parts).split())


def _words(*parts: Any) -> str:
    """Parts of a name with blanks between them, but none behind an apostrophe."""
    text = " ".join(str(part) for part in parts if part)
    return re.sub(r"(?<=\w[’']) ", "", text)


def _area(element: Any, context: Any) -> Any:
    """The part of the style that is rendered: its options hold for all names in it."""
    here = element if context is None else context
    found = next(here.iterancestors(f"{{{here.nsmap['cs']}}}bibliography"), None)
    return here.get_root() if found is None else found

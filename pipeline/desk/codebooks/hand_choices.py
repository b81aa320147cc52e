"""What a person says that entries of a codebook are: a code of ours, a new one, or nothing here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.desk.codebooks.code_ids import make_id
from pipeline.desk.codebooks.mapped import Mapped, ancestors
from pipeline.desk.desk_texts import desk_says
from pipeline.ground.problems import Mendable
from pipeline.model.scheme import Scheme

NEW, LEFT = "new", "leave"  # beside the ids of codes, of which none is called so
BELOW = " > "  # between the names of an entry and of what it is nested in


class NotMapped(Mendable):
    """A choice names an entry or a code that is not there."""


def path_of(mapped: Sequence[Mapped], item: Mapped) -> str:
    """The name of an entry behind those that it is nested in."""
    return BELOW.join(one.entry.name for one in (*ancestors(mapped, item)[::-1], item))


def read_choices(texts: Iterable[str], mapped: Sequence[Mapped]) -> dict[int, str]:
    """Choices by place, from NAME=CODE; a name that stands twice is told by what it is in.

    Raises NotMapped with all that are not understood.
    """
    found: dict[int, str] = {}
    reasons: list[str] = []
    paths = {item.place: path_of(mapped, item) for item in mapped}
    for text in texts:
        name, _, choice = (part.strip() for part in text.rpartition("="))
        places = [place for place, path in paths.items() if path == name]
        places = places or [item.place for item in mapped if item.entry.name == name]
        if len(places) == 1:
            found[places[0]] = choice
        elif places:
            known = ", ".join(f"'{paths[place]}'" for place in places)
            reasons.append(desk_says("codebook.name_stands_more_than_once", name=name, known=known))
        else:
            reasons.append(desk_says("codebook.there_is_no_entry", name=name or text))
    if reasons:
        raise NotMapped(reasons)
    return found


def choose(mapped: Sequence[Mapped], chosen: Mapping[int, str], scheme: Scheme) -> list[Mapped]:
    """The entries as a person chose, by place: NEW, LEFT or the id of a code. Raises NotMapped."""
    homes = {code: item.id for item in scheme.dimensions for code in item.code_ids}
    taken = {*homes, *(item.proposed for item in mapped)}
    found: list[Mapped] = []
    reasons: list[str] = []
    for item in mapped:
        choice = chosen.get(item.place, "")
        if choice in homes:
            home = homes[choice]
            differs = item.differs if (item.state, item.code) == ("same", choice) else ()
            item = replace(item, state="same", code=choice, dimension=home, proposed="",
                           candidates={choice: home}, differs=differs)  # fmt: skip
        elif choice == LEFT:
            item = replace(item, state="category", code="", differs=())
        elif choice == NEW and item.texts:
            proposed = item.proposed or make_id(item.entry.name, taken)
            taken.add(proposed)
            item = replace(item, state="new", code="", proposed=proposed, differs=())
        elif choice:
            reasons.append(desk_says("codebook.there_is_no_code", name=choice[:60]))
        found.append(item)
    if reasons:
        raise NotMapped(reasons)
    return found

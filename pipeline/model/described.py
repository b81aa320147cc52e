"""What a digest says of its study in a few words each."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Described:
    """What a digest says of its study in a few words each.

    One more is a field here and a column of the table `study`; its words are `study.<name>` in the
    texts of the site and the column's description in the metadata.
    """

    setting: str = ""
    method: str = ""
    orchestrator: str = ""

    def by_name(self) -> dict[str, str]:
        """Each by its name."""
        return {name: getattr(self, name) for name in DESCRIBED}

    def filled_from(self, other: Described) -> Described:
        """What is empty here as the other has it."""
        return Described(
            **{name: getattr(self, name) or getattr(other, name) for name in DESCRIBED}
        )


DESCRIBED = tuple(item.name for item in fields(Described))

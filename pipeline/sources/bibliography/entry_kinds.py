"""Types of entries, and what a reference of each should have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.model.csl import TYPES
from pipeline.model.records import Study

# What a reference of each type should have, as the attribute of a study and as the field to add.
# After the BibLaTeX manual, section 2.1, kept to what a reference list prints. Who reads real
# files meets all of it missing: none of these makes an entry useless.
WANTED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "article": (("container", "journal"),),
    "book": (),
    "incollection": (("container", "booktitle"),),
    "inproceedings": (("container", "booktitle"),),
    "phdthesis": (("publisher", "school"),),
    "techreport": (("publisher", "institution"),),
    "online": (("address", "url"),),
    "misc": (),
}
SAME_TYPE: Mapping[str, str] = {
    "collection": "book",
    "conference": "inproceedings",
    "electronic": "online",
    "inbook": "incollection",
    "mastersthesis": "phdthesis",
    "mvbook": "book",
    "proceedings": "book",
    "report": "techreport",
    "thesis": "phdthesis",
    "www": "online",
}
OTHER_TYPES = frozenset((*TYPES, "set"))


def is_known(kind: str) -> bool:
    """Whether BibTeX or BibLaTeX has this type of entry."""
    return kind in WANTED or kind in SAME_TYPE or kind in OTHER_TYPES


def lacking(study: Study) -> Iterator[str]:
    """The BibTeX fields that a reference to the study should have, and has not."""
    if not study.people:
        yield "author"
    if study.year is None:
        yield "year"
    for name, field in WANTED.get(SAME_TYPE.get(study.type, study.type), ()):
        if name == "address":
            known = study.url or study.doi or study.raw.get("eprint")
        else:
            known = getattr(study, name)
        if not known:
            yield field

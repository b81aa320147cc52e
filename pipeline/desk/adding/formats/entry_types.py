"""What programs call the kinds of publications, as entry types of BibLaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping

# By the name's letters alone: "Journal Article", "journalArticle" and "article-journal".
_NAMES: Mapping[str, str] = {
    "article": "journalarticle articlejournal journal electronicarticle review reviewarticle "
    "article articleinpress magazinearticle articlemagazine newspaperarticle articlenewspaper "
    "editorial letter shortsurvey datapaper erratum j",
    "book": "book editedbook electronicbook monograph wholebook b",
    "incollection": "booksection bookchapter chapter electronicbooksection encyclopediaarticle "
    "dictionaryentry entryencyclopedia entrydictionary entry incollection inbook serial",
    "inproceedings": "conferencepaper conferenceproceedings conferenceproceeding paperconference "
    "proceedingspaper conference inproceedings conferencereview",
    "phdthesis": "thesis dissertation phdthesis mastersthesis",
    "techreport": "report technicalreport governmentdocument techreport workingpaper",
    "online": "webpage blogpost postweblog post blog online website forumpost electronic",
}
_TYPES = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_LETTERS = re.compile(r"[^a-z]+")


def entry_type(name: str, default: str = "misc") -> str:
    """The entry type for what a program calls it; of several names the most telling one."""
    found = [
        _TYPES[letters]
        for part in name.split(";")
        if (letters := _LETTERS.sub("", part.lower())) in _TYPES
    ]
    return next((kind for kind in found if kind != "article"), found[0] if found else default)

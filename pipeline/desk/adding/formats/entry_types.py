"""What programs call the kinds of publications, as entry types of BibLaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping

# By the name's letters alone: "Journal Article", "journalArticle" and "article-journal".
_NAMES: Mapping[str, str] = {
    "article": "journalarticle journalarticles articlejournal journal electronicarticle review "
    "reviewarticle article originalarticles articleinpress magazinearticle articlemagazine "
    "newspaperarticle articlenewspaper journalelectronic abstract "
    "editorial letter shortsurvey datapaper erratum j",
    "book": "book books editedbook electronicbook monograph wholebook bookwhole bookedited b",
    "incollection": "booksection bookchapter chapter electronicbooksection encyclopediaarticle "
    "dictionaryentry entryencyclopedia entrydictionary entry incollection inbook serial",
    "inproceedings": "conferencepaper conferenceproceedings conferenceproceeding paperconference "
    "proceedingspaper conference inproceedings conferencereview speechesmeetingpapers",
    "phdthesis": "thesis dissertation phdthesis mastersthesis academicdissertation "
    "dissertationabstract thesisunpublished dissertationsthesesdoctoraldissertations "
    "dissertationstheses dissertationsthesesmasterstheses",
    "techreport": "report technicalreport governmentdocument techreport workingpaper "
    "reportsresearch reportsdescriptive reportsevaluative reportsgeneral",
    "online": "webpage blogpost postweblog post blog online website forumpost electronic",
    "dataset": "dataset",
    "software": "software computerprogram",
    "patent": "patent",
    "unpublished": "unpublished unpublishedwork unpublishedmaterial manuscript preprint",
    "video": "motionpicture film filmorbroadcast video videorecording videoaudiomedia",
}
_TYPES = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_SUBTYPES = re.compile("magazine|newspaper", re.IGNORECASE)
_LETTERS = re.compile(r"[^a-z]+")


def entry_type(name: str, default: str = "misc") -> str:
    """The entry type for what a program calls it; of several names the most telling one."""
    found = [
        _TYPES[letters]
        for part in name.split(";")
        if (letters := _LETTERS.sub("", part.lower())) in _TYPES
    ]
    return next((kind for kind in found if kind != "article"), found[0] if found else default)


def entry_subtype(name: str) -> str:
    """What sort of article it is: in a magazine or a newspaper, else empty."""
    match = _SUBTYPES.search(name)
    return match[0].lower() if match else ""

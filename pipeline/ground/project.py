"""Where the files of a project are."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.metadata import FILE

DATABASE_NAME = "orchestration"


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with `references.bib`, `corpus/` and `coding/`."""

    root: Path

    @property
    def references(self) -> Path:
        return self.root / "references.bib"

    @property
    def corpus(self) -> Path:
        return self.root / "corpus"

    @property
    def gists(self) -> Path:
        return self.corpus / "gist"

    @property
    def fulltext(self) -> Path:
        return self.corpus / "fulltext"

    @property
    def coding(self) -> Path:
        return self.root / "coding"

    @property
    def format(self) -> Path:
        return self.coding / "format.yml"

    @property
    def scheme(self) -> Path:
        return self.coding / "scheme.yml"

    @property
    def indicators(self) -> Path:
        return self.coding / "indicators"

    @property
    def examples(self) -> Path:
        return self.coding / "examples"

    @property
    def coders(self) -> Path:
        return self.coding / "coders.yml"

    @property
    def places(self) -> Path:
        return self.coding / "places"

    @property
    def running_text(self) -> Path:
        return self.coding / "running_text"

    @property
    def joined(self) -> Path:
        return self.coding / "joined"

    @property
    def instructions(self) -> Path:
        return self.coding / "instructions"

    @property
    def syntheses(self) -> Path:
        return self.coding / "synthesis"

    @property
    def rounds(self) -> Path:
        return self.coding / "rounds.yml"

    @property
    def decisions(self) -> Path:
        return self.coding / "decisions"

    @property
    def consensus(self) -> Path:
        return self.coding / "consensus"

    @property
    def agreement(self) -> Path:
        return self.coding / "agreement"

    @property
    def tagger(self) -> Path:
        return self.coding / "tagger.yml"

    @property
    def readings(self) -> Path:
        return self.coding / "readings"

    @property
    def training(self) -> Path:
        return self.coding / "training.yml"

    @property
    def migrations(self) -> Path:
        return self.coding / "migrations"

    @property
    def screening(self) -> Path:
        return self.coding / "screening"

    @property
    def samples(self) -> Path:
        return self.screening / "samples"

    @property
    def imports(self) -> Path:
        return self.corpus / "imports"

    @property
    def merges(self) -> Path:
        return self.corpus / "merges.yml"

    @property
    def abstracts(self) -> Path:
        return self.corpus / "abstracts"

    @property
    def journal(self) -> Path:
        return self.root / ".journal"

    @property
    def metadata(self) -> Path:
        return self.root / FILE

    @property
    def datasette(self) -> Path:
        return self.root / "datasette.yml"

    @property
    def texts_of_site(self) -> tuple[Path, ...]:
        """Files of words that only the site and citations read."""
        return (*sorted(self.root.glob("datasette_metadata*.yml")), self.root / "CITATION.cff")

    @property
    def cache(self) -> Path:
        return self.root / ".cache"

    @property
    def models(self) -> Path:
        """What readers have learned."""
        return self.cache / "models"

    @property
    def kept_texts(self) -> Path:
        """Full texts as they were read."""
        return self.cache / "texts"

    @property
    def database(self) -> Path:
        return self.root / f"{DATABASE_NAME}.db"

    def name(self, path: Path) -> str:
        """A path as the user knows it: relative to the project where it lies inside."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


# What stands in keys of databases and publishers and cannot stand in the name of a file,
# percent-encoded as in RFC 3986. No key holds a percent sign.
_ESCAPES = ((":", "%3A"), ("/", "%2F"))


def file_name(key: str) -> str:
    """The name of the files of a study, without their ending."""
    for sign, escape in _ESCAPES:
        key = key.replace(sign, escape)
    return key


def key_of(path: Path) -> str:
    """The key of the study to which a file belongs by its name."""
    # Some systems take the accents off the letters of names.
    name = unicodedata.normalize("NFC", path.stem)
    for sign, escape in _ESCAPES:
        name = name.replace(escape, sign)
    return name


def find_project(start: Path) -> Project:
    """The nearest folder, from `start` upwards, that holds a coding scheme."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "coding" / "scheme.yml").is_file():
            return Project(folder)
    raise FileNotFoundError(
        f"No project here: {start} and the folders above it have no coding/scheme.yml. "
        "Go to the project's folder or name it with --project."
    )

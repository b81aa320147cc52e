"""Generated corpora: projects of any size, made of our example passages in ever new mixtures."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PASSAGES = 10  # of each study
NAMES = [
    "Ada",
    "Bas",
    "Chloé",
    "Daan",
    "Eva",
    "Finn",
    "Gül",
    "Hanna",
    "Ivo",
    "Joke",
    "Kees",
    "Lien",
    "Mo",
    "Noor",
    "Olaf",
    "Pia",
]
FAMILIES = [
    "van der Berg",
    "de Vries",
    "Müller",
    "García",
    "Okafor",
    "Smith",
    "Jansen",
    "Li",
    "Dubois",
    "O'Neill",
]


def sentences() -> list[str]:
    """English example passages."""
    path = ROOT / "coding" / "examples" / "role" / "en.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)]


def make_project(folder: Path, studies: int, passages: int = PASSAGES, seed: int = 1) -> Path:
    """A project of so many studies with so many passages each; made once and kept."""
    done = folder / f".made-{studies}-{passages}"
    shutil.rmtree(folder / "coding", ignore_errors=True)
    shutil.copytree(ROOT / "coding", folder / "coding")
    for name in ("decisions", "consensus", "agreement"):
        shutil.rmtree(folder / "coding" / name)
    (folder / "coding" / "training.yml").unlink()
    shutil.copy(ROOT / "datasette_metadata.yml", folder)
    if done.is_file():
        return folder
    shutil.rmtree(folder / "corpus", ignore_errors=True)
    (folder / "corpus").mkdir()
    (folder / "references.bib").write_text(bibliography(studies, seed), encoding="utf-8")
    texts = sentences()
    chance = random.Random(seed)
    for number in range(studies):
        key = f"study{number:05}"
        lines = "\n".join(
            f"- [p. {place + 1}] {_varied(chance.choice(texts), number, place)}"
            for place in range(passages)
        )
        (folder / "corpus" / f"{key}.md").write_text(
            f"---\nkey: {key}\nlanguage: en\naccess: abstract\ncountries: [NL]\n"
            f'setting: "partnerships in region {number}"\n---\n\n'
            f"A study of how partners work together in region {number}.\n\n"
            f"## Statements\n\n{lines}\n",
            encoding="utf-8",
        )
    done.touch()
    return folder


def bibliography(entries: int, seed: int = 1) -> str:
    """A .bib text with accents, particles, braces and abstracts, as reference managers write it."""
    chance = random.Random(seed)
    texts = sentences()
    return "\n".join(
        f"@article{{study{number:05},\n"
        f"  author = {{{_people(chance)}}},\n"
        f"  title = {{How {{SMEs}} \\& cities co-op\\'erate in {chance.choice(FIELDS)}: case {number}}},\n"
        f"  journal = {{Journal of {{C}}ollaboration}},\n"
        f"  year = {{{chance.randint(1995, 2026)}}},\n"
        f"  volume = {{{chance.randint(1, 60)}}},\n"
        f"  pages = {{{number}--{number + 12}}},\n"
        f"  doi = {{10.1234/case.{number}}},\n"
        f"  abstract = {{{chance.choice(texts)} {chance.choice(texts)}}},\n"
        f"}}\n"
        for number in range(entries)
    )


FIELDS = [
    "renewable energy",
    "urban mobility",
    "public health",
    "dairy farming",
    "water management",
]


def _people(chance: random.Random) -> str:
    count = chance.randint(1, 4)
    return " and ".join(
        f"{chance.choice(FAMILIES)}, {chance.choice(NAMES)} {chance.choice('ABCDEF')}."
        for _ in range(count)
    )


def _varied(text: str, number: int, place: int) -> str:
    return f"{text.rstrip('.')} (case {number}-{place})."

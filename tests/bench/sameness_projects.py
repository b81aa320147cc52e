"""Projects to compare two states of the code on: the real one, a running review of it, a broken one."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

PARTS = ("references.bib", "CITATION.cff", "corpus", "coding")
CODERS = """
  - id: third
    name: {en: "Third coder", nl: "Derde codeur"}
    kind: "a person who looks again"
    nature: person
"""
ROUNDS = """
  - id: again
    title: {en: "Roles, looked at again", nl: "Rollen, opnieuw bekeken"}
    coders: [second, third]
    dimensions: [role]
    suggestions: shown
    adjudicators: [adjudicator]
    blind: true
    history:
      - {at: "2026-11-24T09:00:00Z", by: adjudicator, state: comparing}
  - id: blind
    title: {en: "Blind", nl: "Blind"}
    coders: [first, third]
    dimensions: [role]
    suggestions: shown
    hidden_from: [first]
    blind: true
  - id: whole
    title: {en: "Whole studies", nl: "Hele studies"}
    coders: [third]
    dimensions: [phase, barrier]
    suggestions: hidden
    blind: false
"""
CANDIDATES = (
    (
        "Vermeer, Anna",
        2021,
        "Brokering heat: how a district agency brought grid operators together",
    ),
    ("Okafor, Chidi", 2020, "Learning across ports: a pilot of shared charging for inland ships"),
    ("Brandt, Lena", 2019, "Mediating between farmers and water boards in a delta"),
    ("Brandt, Lena", 2019, "Mediation between farmers and water boards in a delta: a case"),
    ("Silva, Rui", 2018, "Prices of used bicycles"),
    ("Smit, Jo", 2022, "A programme office that kept the lessons of eleven pilots"),
)
DOUBLE = ("Yan, X.", 2018, "Cross-Sector Social Partnerships for Social Change: The Roles of "
          "Non-Governmental Organizations")  # fmt: skip
ABSTRACT = "The agency convened the parties, settled conflicts over costs and kept the lessons."
SCREENED = """decided_at,study,stage,decision,reason,note,settles
2026-11-24T10:00:00Z,vermeer2021brokering,abstract,include,,,
2026-11-24T10:01:00Z,silva2018prices,abstract,exclude,out_no_orchestration,,
2026-11-24T10:02:00Z,okafor2020learning,abstract,{verdict},,"=a note",
"""


def make_real(code: Path, folder: Path) -> Path:
    """A copy of the project that lies beside the code, without what was made of it."""
    folder.mkdir(parents=True)
    for name in (*PARTS, *sorted(path.name for path in code.glob("datasette_metadata*.yml"))):
        path = code / name
        if path.is_dir():
            shutil.copytree(path, folder / name)
        else:
            shutil.copy2(path, folder / name)
    return folder


def make_living(folder: Path) -> None:
    """Make a project one in which people work: rounds, a person, disputes, candidates, screeners."""
    coding = folder / "coding"
    with (coding / "coders.yml").open("a") as file:
        file.write(CODERS)
    with (coding / "rounds.yml").open("a") as file:
        file.write(ROUNDS)
    scheme = (coding / "scheme.yml").read_text()
    (coding / "scheme.yml").write_text(scheme.replace("  screeners: 1\n", "  screeners: 2\n"))
    _look_again(coding / "decisions")
    records = [*CANDIDATES, DOUBLE]
    (folder / "candidates.ris").write_text(
        "\n".join(
            f"TY  - JOUR\nAU  - {author}\nTI  - {title}\nJO  - Journal of Coalitions\nPY  - {year}\n"
            f"AB  - {ABSTRACT}\nER  - \n"
            for author, year, title in records
        )
    )
    (coding / "screening").mkdir()
    for coder, verdict in (("first", "include"), ("third", "unsure")):
        (coding / "screening" / f"{coder}.csv").write_text(SCREENED.format(verdict=verdict))


def _look_again(decisions: Path) -> None:
    """Lines of the rounds `again` (compared) and `blind` (open), from what the first coder said."""
    for place, path in enumerate(sorted((decisions / "first").glob("*.csv"))[:6]):
        rows = [row for row in csv.DictReader(path.open(newline="")) if row["round"] == "roles"]
        for coder, name, other in (
            ("second", "again", 0),
            ("third", "again", 3),
            ("first", "blind", 0),
            ("third", "blind", 2),
        ):
            written = io.StringIO(newline="")
            writer = csv.DictWriter(written, rows[0], lineterminator="\n")
            for number, row in enumerate(rows[: 8 - place]):
                codes = "mediator" if other and number % other == 0 else row["codes"]
                at = f"2026-11-24T08:{place:02}:{number:02}Z"
                writer.writerow({**row, "codes": codes, "round": name, "decided_at": at})
            target = decisions / coder / path.name
            target.parent.mkdir(exist_ok=True)
            new = not target.exists()
            with target.open("a", newline="") as file:
                if new:
                    file.write(",".join(rows[0]) + "\n")
                file.write(written.getvalue())


def make_broken(real: Path, folder: Path) -> Path:
    """A copy with a fault in each kind of file."""
    shutil.copytree(real, folder)
    coding, corpus = folder / "coding", folder / "corpus"
    with (folder / "references.bib").open("a") as file:
        file.write("\n@article{broken2020entry,\n  title = {No author},\n  year = 20\n}\n")
    for path, old, new in (
        (coding / "rounds.yml", "suggestions: hidden", "suggestions: perhaps"),
        (coding / "coders.yml", "nature: model", "nature: robot"),
        (coding / "training.yml", "version", "versoin"),
        (coding / "decisions/first/yan2018cross.csv", "connector", "conector"),
        (coding / "consensus/yan2018cross.csv", "2026-11-23T", "2026-13-23T"),
        (corpus / "jha2021modular.md", "access: ", "acces: "),
        (corpus / "imports/source-review.yml", "kind: ", "kinds: "),
        (coding / "migrations/0002-what-was-unclear.yml", "from: ", "form: "),
        (coding / "indicators/role/connector.yml", "weight: ", "wait: "),
        (coding / "examples/role/en.csv", "connector", "conector"),
    ):
        text = path.read_text()
        path.write_text(text.replace(old, new, 1))
    (corpus / "settings.yml").write_text("excerpt: 5\n")
    (corpus / "merges.yml").write_text("merges:\n  - {key: nobody, into: yan2018cross}\n")
    return folder

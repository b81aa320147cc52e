"""The commands whose output is compared, and how they are run through the installed entry point."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

# Runs in the environment of the code that is looked at: one process for all commands.
BATCH = """
import json, os, sys
from importlib.metadata import entry_points
os.environ.update(COLUMNS="100", LINES="50", TERM="dumb", NO_COLOR="1")
from typer.testing import CliRunner
[entry] = entry_points(group="console_scripts", name="evidence")
app = entry.load()
done = []
for arguments, given in json.load(sys.stdin):
    result = CliRunner().invoke(app, arguments, input=given, prog_name="evidence")
    error = result.stderr
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        error += repr(result.exception)
    done.append((result.exit_code, result.stdout_bytes.decode("utf-8", "replace"), error))
json.dump(done, sys.stdout)
"""
FORMATS = (
    "bibtex", "biblatex", "ris", "csl-json", "csv", "json", "markdown", "word", "datapackage",
    "qdc", "skos", "annotations",
)  # fmt: skip
HELP = (
    "", "build", "check", "serve", "suggest", "evaluate", "agreement", "train", "add", "imports",
    "merge", "cite", "export", "report", "map", "prisma", "review", "review export",
    "review import", "review password", "scheme", "scheme list", "scheme preview", "scheme apply",
    "scheme take-back", "scheme compare", "scheme import",
)  # fmt: skip
TEXT = """The agency brought housing corporations and grid operators together around one table.
It settled the conflict over who pays for the pipes.
De provincie bracht de partijen bijeen en bewaakte de planning van het project.
Lessons of the pilots were collected and shared with all partners.
The lobby for a new law succeeded.
"""


@dataclass(frozen=True)
class Command:
    """Arguments of `evidence`, what stands on its input, and the files that it writes."""

    arguments: list[str]
    given: str | None = None
    files: list[Path] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " ".join(["evidence", *self.arguments])


def commands(project: Path, broken: Path) -> list[Command]:
    """What is asked of the real project, and of the broken one."""
    asked = [Command([*name.split(), "--help"]) for name in HELP]

    def ask(line: str, *more: str, given: str | None = None, folder: Path = project) -> None:
        asked.append(Command([*line.split(), *more, "-C", str(folder)], given))

    def write(line: str, *more: str, name: str) -> None:
        path = project.parent / "written" / name
        path.parent.mkdir(exist_ok=True)
        arguments = [*line.split(), *more, "-o", str(path), "-C", str(project)]
        asked.append(Command(arguments, files=[path]))

    for line in (
        "check", "check --json", "build", "imports", "merge", "scheme list", "scheme compare 1 2",
        "scheme preview 0002-what-was-unclear", "evaluate", "evaluate --json",
        "agreement", "agreement --format json", "agreement --format csv", "agreement --format md",
        "agreement --round initial", "agreement --round nowhere", "agreement --screening",
        "review export --coder second --round roles", "review export --coder first",
        "review --coder nobody", "export -f nonsense", "export -f csv --role nobody",
        "cite yan2018cross jha2021modular --database", "cite yan2018cross --style vancouver",
        "cite yan2018cross --lang nl --style chicago", "cite nobody", "cite",
        "export -f csv --studies --sector energy", "export -f csv --where phase=nothing",
    ):  # fmt: skip
        ask(line)
    for form in ("text", "jsonl", "nonsense"):
        ask("suggest - --dimension all --format", form, given=TEXT)
    ask("suggest - --lang nl", given=TEXT)
    for form in FORMATS:
        write("export --role connector -f", form, name=f"some.{form}")
        write("export --sector energy --sector health --lang nl -f", form, name=f"two.{form}")
    ask("export -f markdown")
    for lang in ("en", "nl"):
        for form in ("docx", "md", "html"):
            write("report --lang", lang, name=f"report-{lang}.{form}")
        for form in ("svg", "png", "csv"):
            write("prisma --lang", lang, name=f"prisma-{lang}.{form}")
        for form in ("svg", "png", "html"):
            write("map --lang", lang, name=f"map-{lang}.{form}")
    write("report --role connector --style ieee", name="report-some.md")
    write("map --by phase --count studies", name="map-by.svg")
    for line in ("check", "check --json", "build", "agreement", "imports", "scheme list"):
        ask(line, folder=broken)
    return asked


def living_commands(project: Path) -> list[Command]:
    """What is asked of the running review; `add` comes first, and the database is built."""
    asked = []

    def ask(line: str, *more: str, files: list[Path] | None = None) -> None:
        asked.append(Command([*line.split(), *more, "-C", str(project)], files=files or []))

    candidates = str(project / "candidates.ris")
    ask("add --source Scopus --coder third", candidates)
    ask("add --json", candidates)
    ask("add --yes --source Scopus --coder third", candidates)
    for line in (
        "build", "check", "imports", "merge", "agreement", "agreement --round again",
        "agreement --round blind", "agreement --screening", "agreement --screening -f json",
        "merge smit2022programme okafor2020learning --coder third --yes",
        "review export --coder third --round again", "review export --coder third --round blind",
        "export -f csv", "export -f json --lang nl", "build", "check",
    ):  # fmt: skip
        ask(line)
    for name in ("flow.csv", "flow.svg", "report.md"):
        path = project / name
        ask("report -o" if name == "report.md" else "prisma -o", str(path), files=[path])
    ask("build", files=[project / "references.bib"])
    return asked

"""What a reader or coder sees stands in `texts.yml`: no sentence in templates or in Python.

Not looked at, and in English where they stand: Problems of files (`evidence check` and all that
read files: desk/codebooks, desk/adding/formats and reference_files, desk/review/accounts and
spreadsheet, desk/learning), and what commands print (import_summary's lines, migration_text).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from pipeline.ground.texts import read_texts
from pipeline.web.review.review_texts import review_says

HOUSE = Path(pipeline.__path__[0])
REVIEW = HOUSE / "web" / "templates" / "review"
PACKAGES = ("pipeline.web.review", "pipeline.desk")
ELSEWHERE = (
    "desk/codebooks/",
    "desk/adding/formats/",
    "desk/adding/reference_files.py",
    "desk/adding/import_summary.py",
    "desk/learning/",
    "desk/review/accounts.py",
    "desk/review/spreadsheet.py",
    "desk/scheme/migration_text.py",
)
# Strings that look like sentences, and are none: SQL, markup, patterns, lists of words, files.
NO_SENTENCE = re.compile(
    r"SELECT|INSERT|DELETE FROM|UPDATE|PRAGMA|\A\s*<|\A\s*#|\A---\n|[\\|*+?]{2}"
)
DATA = {
    "pasted text",  # the name of a file that is none, in records of imports
    "taken back",  # the state of a migration, in its file
    "{} given {}",  # a key of names that are compared
    "part i",
    "deel i",
}
SAID_BY_COMMANDS = {"port {} is taken"}
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]|[A-Za-z] [A-Za-z]{2,}|\{\} [a-z]{2,}")
LISTS = ("likeness.py", "normal_forms.py", "verdict.py")  # words that the rules compare


def shown(template: str) -> Iterator[str]:
    """Text, and attributes that are read out, of a template without what Jinja fills in."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\x00", template, flags=re.DOTALL)
    bare = re.sub(r"<(kbd|code|pre)\b.*?</\1>", "", bare, flags=re.DOTALL)
    yield from re.findall(r'\b(?:title|placeholder|aria-label|alt)="([^"]*)"', bare)
    yield from re.split(r"<[^>]*>|\x00", bare)
    for expression in re.findall(r"\{[{%](.*?)[%}]\}", template, re.DOTALL):
        yield from (text for text in re.findall(r"\"([^\"]*)\"", expression) if " " in text.strip())


@pytest.mark.parametrize("path", sorted(REVIEW.glob("*.html")), ids=lambda path: path.name)
def test_no_page_of_the_review_holds_words_of_its_own(path: Path) -> None:
    found = [
        " ".join(text.split())
        for text in shown(path.read_text(encoding="utf-8"))
        if re.search(r"[A-Za-z]{2}", re.sub(r"&\w+;|doi\.org|https?://", "", text))
    ]
    assert found == []


def sentences(source: str, problems: bool = False) -> Iterator[tuple[int, str]]:
    """String constants with words in them, by line; docstrings, help and Problems left out."""
    tree = ast.parse(source)
    other: set[int] = set()
    left_out = ("Literal",) if problems else ("Problem", "Literal")
    for node in ast.walk(tree):
        inner: list[ast.AST] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner = [node.value]
        elif isinstance(node, ast.JoinedStr):
            inner = [part for part in ast.walk(node) if part is not node]
        elif (isinstance(node, ast.Call) and getattr(node.func, "id", "") in left_out) or (
            isinstance(node, ast.keyword) and node.arg == "help"
        ):
            inner = list(ast.walk(node))
        other.update(map(id, inner))
    for node in ast.walk(tree):
        if id(node) in other:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if WORDS.search(text):
            yield node.lineno, text


def test_no_python_of_the_web_and_the_desk_holds_a_sentence() -> None:
    found = [
        (str(path.relative_to(HOUSE)), line, text)
        for wing in ("web", "desk")
        for path in sorted((HOUSE / wing).rglob("*.py"))
        if not str(path.relative_to(HOUSE)).startswith(ELSEWHERE) and path.name not in LISTS
        for line, text in sentences(path.read_text(encoding="utf-8"))
        if not NO_SENTENCE.search(text) and text not in DATA | SAID_BY_COMMANDS
    ]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_is_asked_for_and_every_key_is_there(package: str) -> None:
    """Keys that are put together, such as stage.abstract, are asked for by their beginning."""
    folder = HOUSE.joinpath(*package.split(".")[1:])
    files = [*folder.rglob("*.py"), *(REVIEW.glob("*.html") if "web" in package else ())]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    call = r"(?:\br|review_in\([^)]*\)|review_says|desk_says)\(\s*f?[\"']([\w.]+)(?=[\"'{])"
    asked = {*re.findall(call, source), *re.findall(r"\"(refused\.(?!html)\w+)\"", source)}
    keys = {*read_texts(package)} - {*read_texts("pipeline.ground")}
    begun = {key for key in asked if key.endswith(".")}
    assert asked - begun - keys == set()
    assert {key for key in keys - asked if not key.startswith(tuple(begun) or "\x00")} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_is_in_both_languages_with_the_same_values(package: str) -> None:
    def names(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    for key, text in read_texts(package).items():
        assert set(text) == {"en", "nl"}, key
        assert text["en"].strip(), key
        assert text["nl"].strip(), key
        assert names(text["en"]) == names(text["nl"]), key


def test_numbers_are_written_as_the_language_writes_them() -> None:
    said = review_says("import.records_up_to_are_taken", records=12_345, most=10_000)
    assert said.startswith("12,345 records; up to 10,000 are taken in here.")

"""`evidence check` as a compiler: each fault in a file of the project, said with its place."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pipeline.ground.project import Project
from pipeline.sources.running_text import words_of
from tests.conftest import HEADER, Evidence, decide, passage_id

Break = Callable[[Project], None]


def edit(path: str, old: str, new: str) -> Break:
    def action(project: Project) -> None:
        file = project.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return action


def write(path: str, text: str | bytes) -> Break:
    def action(project: Project) -> None:
        file = project.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    return action


def remove(path: str) -> Break:
    return lambda project: (project.root / path).unlink()


def decided(line: str, study: str = "berg2020", coder: str = "second") -> Break:
    def action(project: Project) -> None:
        passage = passage_id(project, "berg2020", 1) if "PASSAGE" in line else ""
        decide(project, coder, study, line.replace("PASSAGE", passage))

    return action


def both(*breaks: Break) -> Break:
    def action(project: Project) -> None:
        for spoil in breaks:
            spoil(project)

    return action


TIME = "2026-11-02T09:00:00Z"
DIGEST = "corpus/berg2020.md"
GIST = "corpus/gist/berg2020.nl.md"
TRANSLATOR = "{name: {en: Translator, nl: Vertaler}, nature: model}"
CHAIR = "The chair resolved the conflict between the banks and the farmers,"
GISTS = f"""---
key: berg2020
language: nl
by: {TRANSLATOR}
---
- [berg2020-7597ec21] Het netwerkkantoor bracht boeren, banken en ministeries aan één tafel.
- [berg2020-0f10a566] De voorzitter loste het conflict tussen de banken en de boeren op.
- [berg2020-963ac3c0] Veertig mensen.
"""
SCHEME = "coding/scheme.yml"
WEAVER = "coding/indicators/role/weaver.yml"
SECOND = "coding/decisions/second/berg2020.csv"
PLACES = "unit,position,of,locator,language"
SCREENING = "decided_at,study,stage,decision,reason,note,settles"
JOINED = "coding/joined/berg2020.csv"
RUNNING = "coding/running_text/berg2020.csv"
SAID = "decided_at,coder,words,verdict"
NOT_THERE = "0123456789abcdef"
TEXT = "# Results\n\nThe office set the table for three parties.\n"


def joined_line(unit: str, study: str = "berg2020") -> Break:
    """A line in which two statements of a digest are one passage."""

    def action(project: Project) -> None:
        parts = " ".join(passage_id(project, "berg2020", place) for place in (1, 2))
        own = unit.replace("PASSAGE", parts.split()[0])
        text = f"joined_at,unit,parts,coder,round\n{TIME},{own},{parts},first,pilot\n"
        write(f"coding/joined/{study}.csv", text.replace("berg2020-", f"{study}-"))(project)

    return action


def said(*lines: str, study: str = "berg2020") -> Break:
    """Lines on words of a full text, which is here."""
    return both(
        write("corpus/fulltext/berg2020.md", TEXT),
        write(f"coding/running_text/{study}.csv", "\n".join((SAID, *lines, ""))),
    )


FAULTS: list[tuple[str, Break, str, str, int]] = [
    (
        "source that runs when it is opened",
        edit("coding/scheme.yml", "https://example.org/scheme", "javascript:alert(1)"),
        "bad-value",
        "coding/scheme.yml",
        3,
    ),
    (
        "import-gone",
        write(
            "corpus/imports/a.yml",
            "id: a\nsource: S\nfound: 1\nadded:\n  - key: nobody2020\n",
        ),
        "import-gone",
        "corpus/imports/a.yml",
        0,
    ),
    (
        "merged into nobody",
        write("corpus/merges.yml", "merges:\n  - {key: smit2021, into: nobody2020}\n"),
        "merge-gone",
        "corpus/merges.yml",
        0,
    ),
    (
        "merged into two",
        write(
            "corpus/merges.yml",
            "merges:\n  - {key: x2020, into: smit2021}\n  - {key: x2020, into: berg2020}\n",
        ),
        "merged-twice",
        "corpus/merges.yml",
        0,
    ),
    (
        "merged key is a study's",
        write(
            "corpus/imports/a.yml",
            "id: a\nsource: S\nfound: 1\nmerged:\n  - {into: berg2020, key: berg2020x}\n"
            "  - {into: nobody, key: berg2020x}\n",
        ),
        "alias-taken",
        "corpus/imports/a.yml",
        0,
    ),
    *(
        (
            kind,
            write(f"coding/screening/{coder}.csv", f"{SCREENING}\n{TIME},{line}\n"),
            kind,
            f"coding/screening/{coder}.csv",
            2,
        )
        for kind, coder, line in (
            ("unknown-study", "first", "nobody2020,abstract,include,,,"),
            ("unknown-coder", "nobody", "berg2020,abstract,include,,,"),
            ("unknown-stage", "first", "berg2020,third,include,,,"),
            ("unknown-reason", "first", "berg2020,abstract,exclude,whim,,"),
            ("bad-decision", "first", "berg2020,abstract,perhaps,,,"),
        )
    ),
    (
        "orphaned-line",
        both(
            write(
                "corpus/imports/a.yml",
                "id: a\nsource: S\nfound: 1\nadded:\n  - key: nobody2020\n"
                "undone: {at: 2026-11-03T09:00:00Z, by: first}\n",
            ),
            write(
                "coding/screening/first.csv",
                f"{SCREENING}\n{TIME},nobody2020,abstract,include,,,\n",
            ),
        ),
        "orphaned-line",
        "coding/screening/first.csv",
        2,
    ),
    ("no front matter", edit(DIGEST, "---\n", ""), "no-front-matter", DIGEST, 1),
    ("unknown key", edit(DIGEST, "method:", "metod:"), "unknown-key", DIGEST, 6),
    ("missing key", edit(DIGEST, "access: abstract\n", ""), "missing-key", DIGEST, 2),
    ("bad access", edit(DIGEST, "access: abstract", "access: some"), "bad-value", DIGEST, 4),
    ("bad country", edit(DIGEST, "[NL, BE]", "[NL, Holland]"), "bad-value", DIGEST, 8),
    ("doubled key", edit(DIGEST, "method:", "setting:"), "duplicate-key", DIGEST, 6),
    ("broken yaml", edit(DIGEST, "[NL, BE]", "[NL, BE"), "yaml", DIGEST, 9),
    ("wrong key", edit(DIGEST, "key: berg2020", "key: other"), "wrong-key", DIGEST, 2),
    ("no locator", edit(DIGEST, "- [p. 4] ", "- "), "no-locator", DIGEST, 20),
    ("not a statement", edit(DIGEST, "- [p. 4]", "[p. 4]"), "not-a-statement", DIGEST, 20),
    ("no statements", edit(DIGEST, "## Statements", "## Remarks"), "no-statements", DIGEST, 14),
    ("latin-1 digest", write(DIGEST, "---\nkey: Zoë\n".encode("latin-1")), "not-utf8", DIGEST, 2),
    (
        "repeated passage",
        edit(
            DIGEST,
            "- [p. 4]",
            "- [p. 9] The chair resolved the conflict between the banks and "
            "the farmers about costs.\n- [p. 4]",
        ),
        "repeated-passage",
        DIGEST,
        20,
    ),
    *(
        (name, write(GIST, text), name, GIST, line)
        for name, text, line in (
            ("no-front-matter", "- [berg2020-12345678] Woorden.\n", 1),
            ("wrong-name", GISTS.replace("key: berg2020", "key: smit2021"), 2),
            ("bad-value", GISTS.replace("language: nl", "language: fr"), 3),
            ("bad-value", GISTS.replace("nature: model", "nature: robot"), 4),
            ("unknown-coder", GISTS.replace(TRANSLATOR, "nobody"), 0),
            ("not-a-gist", f"{GISTS}Woorden.\n", 9),
            ("no-passage", GISTS.replace("[berg2020-963ac3c0] ", ""), 8),
            ("repeated-gist", f"{GISTS}- [berg2020-963ac3c0] Nog eens.\n", 9),
            ("empty-gist", GISTS.replace("Veertig mensen.", ""), 8),
            ("gist-outdated", GISTS.replace("963ac3c0", "12345678"), 8),
            ("gist-unknown", GISTS.replace("berg2020-963ac3c0", "smit2021-12345678"), 8),
            ("gist-language", GISTS.replace("De voorzitter loste het", CHAIR), 7),
            ("no-gist", GISTS.replace("- [berg2020-963ac3c0] Veertig mensen.\n", ""), 0),
        )
    ),
    (
        "gists in the passages' own language",
        write(
            "corpus/gist/berg2020.en.md",
            GISTS.replace("language: nl", "language: en"),
        ),
        "gist-language",
        "corpus/gist/berg2020.en.md",
        6,
    ),
    (
        "unknown study",
        write(
            "corpus/nobody1999.md",
            "---\nkey: nobody1999\nlanguage: en\naccess: full\n---\n\nX.\n\n## Statements\n\n- [p. 1] A.\n",
        ),
        "unknown-study",
        "corpus/nobody1999.md",
        0,
    ),
    (
        "older key of another study",
        edit("references.bib", "{smit2021,", "{smit2021,\n  ids = {old1999, berg2020},"),
        "alias-taken",
        "references.bib",
        9,
    ),
    ("no digest", remove("corpus/smit2021.md"), "no-document", "references.bib", 9),
    (
        "odd full text",
        write("corpus/fulltext/berg2020.docx", b"x"),
        "unknown-format",
        "corpus/fulltext/berg2020.docx",
        0,
    ),
    (
        "empty full text",
        write("corpus/fulltext/berg2020.txt", "12 34\n"),
        "no-text",
        "corpus/fulltext/berg2020.txt",
        0,
    ),
    (
        "latin-1 full text",
        write("corpus/fulltext/berg2020.txt", "Zoë was hier.".encode("latin-1")),
        "not-utf8",
        "corpus/fulltext/berg2020.txt",
        1,
    ),
    (
        "broken pdf",
        write("corpus/fulltext/berg2020.pdf", b"%PDF-1.4 nothing"),
        "broken-pdf",
        "corpus/fulltext/berg2020.pdf",
        0,
    ),
    (
        "unknown key in scheme",
        edit(SCHEME, "since: 1\n", "since: 1\n        colour: red\n"),
        "unknown-key",
        SCHEME,
        15,
    ),
    (
        "missing dutch",
        edit(SCHEME, "{en: Weaver, nl: Wever}", "{en: Weaver}"),
        "missing-key",
        SCHEME,
        15,
    ),
    ("code twice", edit(SCHEME, "id: sport", "id: judge"), "bad-value", SCHEME, 1),
    (
        "unknown parent",
        edit(SCHEME, "since: 2\n", "since: 2\n        parent: king\n"),
        "bad-value",
        SCHEME,
        1,
    ),
    (
        "own ancestor",
        edit(SCHEME, "since: 2\n", "since: 2\n        parent: scribe\n"),
        "bad-value",
        SCHEME,
        1,
    ),
    (
        "evidence of nothing",
        edit(SCHEME, "evidence: role", "evidence: mood"),
        "bad-value",
        SCHEME,
        1,
    ),
    ("no scheme version", edit(SCHEME, "version: 2\n", ""), "missing-key", SCHEME, 1),
    (
        "unknown word class",
        edit(WEAVER, "<parties> ... together", "<people> ... together"),
        "bad-pattern",
        WEAVER,
        0,
    ),
    ("pattern ends in gap", edit(WEAVER, "... together", "together ..."), "bad-pattern", WEAVER, 0),
    ("weight over one", edit(WEAVER, "0.8", "1.8"), "bad-value", WEAVER, 4),
    (
        "must match fails",
        edit(WEAVER, "They brought the farmers together.", "They left."),
        "indicator-example",
        WEAVER,
        0,
    ),
    (
        "must not match fails",
        edit(WEAVER, '["nobody bring"]', '["never bring"]'),
        "indicator-example",
        WEAVER,
        0,
    ),
    (
        "indicator of no code",
        write("coding/indicators/role/king.yml", "code: king\nindicators: []\n"),
        "unknown-code",
        "coding/indicators/role/king.yml",
        1,
    ),
    (
        "indicator file misnamed",
        write("coding/indicators/role/x.yml", "code: judge\nindicators: []\n"),
        "wrong-name",
        "coding/indicators/role/x.yml",
        1,
    ),
    (
        "indicator dimension",
        write("coding/indicators/mood/x.yml", "code: judge\nindicators: []\n"),
        "unknown-dimension",
        "coding/indicators/mood",
        0,
    ),
    (
        "example code",
        write(
            "coding/examples/role/en.csv",
            "group,language,set,codes,second,text\na,en,learn,king,,Text\n",
        ),
        "unknown-code",
        "coding/examples/role/en.csv",
        2,
    ),
    (
        "example header",
        write("coding/examples/role/en.csv", "text,codes\n"),
        "bad-header",
        "coding/examples/role/en.csv",
        1,
    ),
    (
        "coder twice",
        edit("coding/coders.yml", "id: second", "id: first"),
        "bad-value",
        "coding/coders.yml",
        1,
    ),
    (
        "round twice",
        edit("coding/rounds.yml", "id: hidden", "id: pilot"),
        "bad-value",
        "coding/rounds.yml",
        1,
    ),
    ("no coders", remove("coding/coders.yml"), "missing-file", "coding/coders.yml", 0),
    ("decision header", write(SECOND, "unit,codes\n"), "bad-header", SECOND, 1),
    ("decision row", write(SECOND, f"{HEADER}\n{TIME},berg2020\n"), "bad-row", SECOND, 2),
    (
        "decision torn",
        write(SECOND, f"{HEADER}\n{TIME},berg2020,sector,energy,,,,,2,pilot,"),
        "torn-line",
        SECOND,
        2,
    ),
    (
        "decision quote open",
        write(SECOND, f'{HEADER}\n{TIME},"berg2020,sector\n'),
        "bad-csv",
        SECOND,
        2,
    ),
    (
        "decision time",
        decided("yesterday,berg2020,sector,energy,,,,,2,pilot,"),
        "bad-time",
        SECOND,
        2,
    ),
    (
        "decision elsewhere",
        decided(f"{TIME},smit2021,sector,energy,,,,,2,pilot,"),
        "wrong-file",
        SECOND,
        2,
    ),
    (
        "none with codes",
        decided(f"{TIME},berg2020,sector,none;energy,,,,,2,pilot,"),
        "none-and-codes",
        SECOND,
        2,
    ),
    (
        "code given twice",
        decided(f"{TIME},berg2020,sector,energy;energy,,,,,2,pilot,"),
        "repeated-code",
        SECOND,
        2,
    ),
    (
        "odd confidence",
        decided(f"{TIME},berg2020,sector,energy,sure,,,,2,pilot,"),
        "bad-confidence",
        SECOND,
        2,
    ),
    (
        "odd scheme",
        decided(f"{TIME},berg2020,sector,energy,,,,,two,pilot,"),
        "bad-scheme",
        SECOND,
        2,
    ),
    (
        "future scheme",
        decided(f"{TIME},berg2020,sector,energy,,,,,9,pilot,"),
        "future-scheme",
        SECOND,
        2,
    ),
    (
        "unknown dimension",
        decided(f"{TIME},berg2020,mood,energy,,,,,2,pilot,"),
        "unknown-dimension",
        SECOND,
        2,
    ),
    (
        "unknown decision code",
        decided(f"{TIME},berg2020,sector,king,,,,,2,pilot,"),
        "unknown-code",
        SECOND,
        2,
    ),
    (
        "unknown round",
        decided(f"{TIME},berg2020,sector,energy,,,,,2,final,"),
        "unknown-round",
        SECOND,
        2,
    ),
    (
        "unknown coder",
        decided(f"{TIME},berg2020,sector,energy,,,,,2,pilot,", coder="third"),
        "unknown-coder",
        "coding/decisions/third/berg2020.csv",
        2,
    ),
    (
        "role of a study",
        decided(f"{TIME},berg2020,role,weaver,,,,,2,pilot,"),
        "wrong-unit",
        SECOND,
        2,
    ),
    (
        "orphan",
        decided(f"{TIME},berg2020-0123abcd,role,weaver,,,,,2,pilot,Old words"),
        "orphan",
        SECOND,
        2,
    ),
    (
        "a full text that is not here",
        both(
            decided(f"{TIME},berg2020-a15d3130,role,weaver,,,,,2,pilot,Words of a full text"),
            write(
                "coding/places/berg2020.csv",
                "unit,position,of,locator,language\nberg2020-a15d3130,3,40,p. 2,en\n",
            ),
        ),
        "text-absent",
        "coding/places/berg2020.csv",
        0,
    ),
    (
        "a place that is torn",
        write("coding/places/berg2020.csv", f"{PLACES}\nberg2020-a15d3130,3,40,p. 2,e"),
        "torn-line",
        "coding/places/berg2020.csv",
        2,
    ),
    (
        "a place with a quotation mark that is open",
        write("coding/places/berg2020.csv", f'{PLACES}\nberg2020-a15d3130,3,40,"p. 2,en\n'),
        "bad-csv",
        "coding/places/berg2020.csv",
        2,
    ),
    (
        "a screener's line after a note of two lines",
        write(
            "coding/screening/first.csv",
            f'{SCREENING}\n{TIME},berg2020,abstract,include,,"two\nlines",\n'
            f'{TIME},berg2020,abstract,perhaps,,"two\nlines",\n',
        ),
        "bad-decision",
        "coding/screening/first.csv",
        4,
    ),
    (
        "a place that is none",
        write("coding/places/berg2020.csv", "unit,position,of,locator,language\nx,y,z\n"),
        "bad-row",
        "coding/places/berg2020.csv",
        2,
    ),
    (
        "instructions that are not there",
        edit("coding/coders.yml", "nature: person", "nature: model\n    instructions: gone.md"),
        "missing-file",
        "coding/instructions/gone.md",
        0,
    ),
    (
        "a model without instructions",
        edit("coding/coders.yml", "nature: person", "nature: model"),
        "no-instructions",
        "coding/coders.yml",
        0,
    ),
    (
        "a coder who does not say",
        edit("coding/coders.yml", "    nature: person\n", ""),
        "no-nature",
        "coding/coders.yml",
        0,
    ),
    (
        "retired code",
        both(
            edit(
                SCHEME,
                "id: sport\n        since: 1",
                "id: sport\n        since: 1\n        retired: 2",
            ),
            decided(f"{TIME},berg2020,sector,sport,,,,,2,pilot,"),
        ),
        "retired-code",
        SECOND,
        2,
    ),
    (
        "one code only",
        both(
            edit(SCHEME, "unit: study\n    many: true", "unit: study\n    many: false"),
            decided(f"{TIME},berg2020,sector,sport;care,,,,,2,pilot,"),
        ),
        "too-many-codes",
        SECOND,
        2,
    ),
    (
        "quote not found",
        decided(f"{TIME},PASSAGE,role,weaver,,,no such words,,2,pilot,"),
        "quote-not-found",
        SECOND,
        2,
    ),
    (
        "joined of a study that is gone",
        joined_line("berg2020-0123456789ab", "gone2020"),
        "joined-study-gone",
        "coding/joined/gone2020.csv",
        2,
    ),
    ("joined as one sentence", joined_line("PASSAGE"), "joined-one-sentence", JOINED, 2),
    (
        "words marked by nobody",
        said(
            f"{TIME},first,{words_of('Results')},text",
            f"{TIME},nobody,{words_of('The office set the table for three parties.')},not",
        ),
        "unknown-coder",
        RUNNING,
        3,
    ),
    (
        "words marked of a study that is gone",
        said(f"{TIME},first,{NOT_THERE},not", study="gone2020"),
        "marked-study-gone",
        "coding/running_text/gone2020.csv",
        2,
    ),
    (
        "marked words that are not there",
        said(
            f"{TIME},first,{words_of('The office set the table for three parties.')},text",
            f"{TIME},first,{NOT_THERE},not",
        ),
        "mark-of-nothing",
        RUNNING,
        3,
    ),
]


@pytest.mark.parametrize(
    ("spoil", "kind", "path", "line"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_each_fault_is_named_with_its_place(
    small: Project, evidence: Evidence, spoil: Break, kind: str, path: str, line: int
) -> None:
    spoil(small)
    result = evidence("check", small, "--json")
    problems = json.loads(result.stdout)
    found = [item for item in problems if item["kind"] == kind]
    assert found, problems
    assert (found[0]["path"], found[0]["line"]) == (path, line)
    assert found[0]["message"]
    assert found[0]["hint"]
    wrong = any(item["severity"] == "error" for item in problems)
    assert result.exit_code == (1 if wrong else 0)


def test_a_sound_project_has_no_problems(small: Project, evidence: Evidence) -> None:
    result = evidence("check", small)
    assert result.exit_code == 0
    assert "0 error(s), 0 warning(s)." in result.stdout


def test_gists_of_all_passages_are_no_problem(small: Project, evidence: Evidence) -> None:
    write(GIST, GISTS)(small)
    assert json.loads(evidence("check", small, "--json").stdout) == []


def test_the_real_project_has_no_problems(real: Project, evidence: Evidence) -> None:
    result = evidence("check", real, "--json")
    assert json.loads(result.stdout) == []


def test_all_problems_are_told_at_once(small: Project, evidence: Evidence) -> None:
    edit(DIGEST, "access: abstract", "access: some")(small)
    edit("references.bib", "  title   = {Zorg in de wijk},\n", "")(small)
    decided(f"{TIME},berg2020,sector,king,,,,,2,pilot,")(small)
    kinds = {item["kind"] for item in json.loads(evidence("check", small, "--json").stdout)}
    assert {"bad-value", "missing-field", "unknown-code"} <= kinds


@pytest.mark.parametrize(
    "path",
    ["decisions/second/berg2020.csv", "screening/first.csv", "places/berg2020.csv"],
)
def test_a_file_made_for_a_line_that_was_not_written_is_no_fault(
    small: Project, evidence: Evidence, path: str
) -> None:
    before = json.loads(evidence("check", small, "--json").output)
    file = small.coding / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    assert json.loads(evidence("check", small, "--json").output) == before

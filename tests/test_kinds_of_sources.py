"""Every kind of source in every main style and language, letter by letter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.model.csl import TYPES, csl_item
from pipeline.model.languages import language_code
from pipeline.published.citation.citation_styles import STYLES, style_path
from pipeline.published.citation.csl_rendering import number_form, reference
from pipeline.published.citation.mended.csl_classes import MENDED
from pipeline.published.citation.mended.csl_terms import read_style
from pipeline.published.citation.reference_formatter import Formatted, in_list
from pipeline.published.citation.reference_links import linked
from pipeline.sources.bibliography.references import parse_references
from tests.citing.kinds import LANGUAGES, expected, items, printed

LEAST = 0.95  # as pandoc prints it, of all


def item(text: str) -> dict[str, Any]:
    """The CSL-JSON item of one entry."""
    return csl_item(parse_references(text).studies[0])


def printed_as(text: str, style: str, language: str = "en") -> str:
    """The reference of one entry, without its marks."""
    return Formatted(reference(item(text), style_path(style), language)).text


def test_every_kind_is_printed_as_expected() -> None:
    rows = expected()
    found = {(key, style, language): text for key, style, language, text in printed()}
    assert found == {place: row["reference"] for place, row in rows.items()}


def test_most_is_what_pandoc_prints_and_the_rest_says_why() -> None:
    rows = list(expected().values())
    assert {(row["style"], row["language"]) for row in rows} == {
        (style, language) for style in STYLES for language in LANGUAGES
    }
    assert len({row["key"] for row in rows}) >= 26
    assert sum(not row["pandoc"] for row in rows) / len(rows) >= LEAST
    assert all(bool(row["pandoc"]) == bool(row["right"]) for row in rows)


VARIABLES = {
    "book": {
        "edition": "2", "publisher": "Vintage", "publisher-place": "New York",
        "ISBN": "978-0-00-000001-2", "original-date": {"date-parts": [[1975]]},
        "translator": [{"family": "Vertaler", "given": "Alan"}],
        "title": "Discipline: The making of a team",
    },
    "report": {"type": "report", "number": "12", "genre": "Beleidsnota", "language": "nl",
               "author": [{"literal": "Ministerie van Voorbeelden"}]},
    "editedbook": {"collection-title": "Studies in Care", "collection-number": "3"},
    "article": {"issue": "2", "page": "175-197", "language": "en"},
    "articlenumber": {"number": "104842", "page": "104842", "volume": "158"},
    "magazine": {"type": "article-magazine", "issued": {"date-parts": [[2020, 5, 14]]}},
    "newspaper": {"type": "article-newspaper", "accessed": {"date-parts": [[2024, 3, 1]]}},
    "conference": {"event-title": "Example Conference on Networks", "event-place": "Utrecht",
                   "publisher-place": "New York"},
    "preprint": {"type": "article", "number": "arXiv:2101.00001", "publisher": "arXiv",
                 "URL": "https://arxiv.org/abs/2101.00001"},
    "software": {"type": "software", "version": "2.1.0"},
    "range": {"issued": {"date-parts": [[2019], [2021]]}},
    "circa": {"issued": {"date-parts": [[1923]], "circa": True}},
    "case": {"type": "legal_case", "authority": "Court of Appeal"},
    "patent": {"type": "patent", "number": "1234567", "genre": "U.S. patent"},
    "inpress": {"status": "in press"},
    "entry": {"type": "entry-encyclopedia"},
    "collection": {"number-of-volumes": "3", "volume": "2"},
    "inbook": {"container-author": [{"family": "Smit", "given": "Jo"}], "chapter-number": "3"},
    "andothers": {"custom": {"and-others": "author"},
                  "author": [{"family": "Smit", "given": "Jo"}, {"family": "Kok", "given": "Lia"}]},
    "spanish": {"author": [{"family": "García Márquez", "given": "Ana"},
                           {"family": "Ortega y Gasset", "given": "José"}]},
}  # fmt: skip


@pytest.mark.parametrize("key", VARIABLES)
def test_fields_give_the_variables_of_csl(key: str) -> None:
    found = items()[key]
    assert {name: found.get(name) for name in VARIABLES[key]} == VARIABLES[key]


def test_what_has_no_date_says_none() -> None:
    assert "issued" not in items()["nodate"]
    rows = expected()
    assert "(n.d.)" in rows["nodate", "apa", "en"]["reference"]
    assert "(z.d.)" in rows["nodate", "apa", "nl"]["reference"]


def test_a_number_of_a_report_is_no_issue() -> None:
    for kind in ("techreport", "report", "patent", "manual", "misc", "legislation"):
        found = item(
            f"@{kind}{{a, author={{B, C}}, title={{T}}, year=2020, institution={{I}}, number=7}}"
        )
        assert (found.get("number"), found.get("issue")) == ("7", None), kind


@pytest.mark.parametrize(
    ("author", "options", "apa", "chicago"),
    [
        ("van den Berg, Anna", "", "van den Berg, A. (2020)", "Berg, Anna van den. 2020."),
        ("van den Berg, Anna", "useprefix=true", "van den Berg, A. (2020)", "Berg, Anna van den. 2020."),
        ("van den Berg, Anna", "useprefix=false", "Berg, A. van den. (2020)", "Berg, Anna van den. 2020."),
        ("Hille, Ineke van", "", "Hille, I. van. (2020)", "Hille, Ineke van. 2020."),
        ("{Bureau van de Raad}", "", "Bureau van de Raad. (2020)", "Bureau van de Raad. 2020."),
        ("O'Neil, Mary-Ann K.", "", "O’Neil, M.-A. K. (2020)", "O’Neil, Mary-Ann K. 2020."),
    ],
)  # fmt: skip
def test_particles_survive(author: str, options: str, apa: str, chicago: str) -> None:
    entry = f"@book{{a, author={{{author}}}, options={{{options}}}, title={{T}}, publisher={{P}}, year=2020}}"
    assert printed_as(entry, "apa").startswith(apa)
    assert printed_as(entry, "chicago").startswith(chicago)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [1, 2, 3, 9])
def test_and_others_is_said_and_is_nobody(style: str, language: str, names: int) -> None:
    people = " and ".join(f"Name{letter}, Ann" for letter in "abcdefghi"[:names])
    entry = f"@article{{a, author={{{people} and others}}, title={{T}}, journal={{J}}, year=2020}}"
    assert len(item(entry)["author"]) == names
    found = printed_as(entry, style, language)
    said = "e.a." if language == "nl" and style != "apa" else "et al"
    assert found.count(said) == 1, found
    assert "others" not in found
    assert not re.search(r"(and|en|&),? (et al|e\.a)", found)


def test_the_locale_is_that_of_page_and_style() -> None:
    entry = "@article{a, author={B, C}, title={T}, journal={J}, year=2020}"
    assert "“T,” " in printed_as(entry, "ieee", "en")
    assert "‘T’, " in printed_as(entry, "harvard", "en")
    assert "“T”, " in printed_as(entry, "ieee", "nl")
    assert "‘T’ " not in printed_as(entry, "chicago", "en")
    thesis = "@phdthesis{a, author={B, C}, title={T}, school={S}, year=2020}"
    assert "[PhD thesis, S]" in printed_as(thesis[:-1] + ", doi={10.1000/x}}", "apa")
    assert "[Proefschrift]" in printed_as(thesis, "apa", "nl")


def test_titles_keep_their_letters_in_apa() -> None:
    entry = "@article{a, author={B, C}, title={The Mixed Case of a Title}, journal={J}, year=2020}"
    assert "The Mixed Case of a Title." in printed_as(entry, "apa")


def test_titles_of_other_languages_keep_theirs_in_chicago() -> None:
    for language, said in (
        ("dutch", "De kunst van verbinden"),
        ("english", "De Kunst Van Verbinden"),
    ):
        entry = f"@book{{a, author={{B, C}}, title={{De kunst van verbinden}}, publisher={{P}}, year=2020, langid={{{language}}}}}"
        assert said in printed_as(entry, "chicago")


@pytest.mark.parametrize(
    ("said", "code"),
    [("dutch", "nl"), ("ngerman", "de"), ("british", "en-GB"), ("nl", "nl"), ("en-US", "en-US"),
     ("pt_BR", "pt-BR"), ("Spanish", "es"), ("Klingon of the north", ""), ("", "")],
)  # fmt: skip
def test_languages_are_codes(said: str, code: str) -> None:
    assert language_code(said) == code


def test_every_type_of_biblatex_prints_something() -> None:
    for kind in TYPES:
        entry = f"@{kind}{{a, author={{Berg, Anna}}, title={{A title}}, year=2020, journal={{J}}, booktitle={{B}}, institution={{I}}, url={{https://example.org}}}}"
        for style in STYLES:
            found = printed_as(entry, style)
            assert re.search("(?i)a title", found), (kind, style, found)
            # Laws and cases are cited by their names.
            assert "Berg" in found or kind in ("jurisdiction", "legal", "legislation"), found


def test_lists_of_numbered_styles_are_numbered() -> None:
    forms = {style: number_form(style_path(style)) for style in STYLES}
    assert forms == {"apa": "", "chicago": "", "harvard": "", "vancouver": "[{}]", "ieee": "[{}]"}
    some = {"b": Formatted("<i>B</i>"), "a": Formatted("A")}
    numbered = {"b": Formatted("[51] <i>B</i>"), "a": Formatted("[52] A")}
    assert list(in_list(some, "ieee", 51).items()) == list(numbered.items())
    assert list(in_list(some, "apa").items()) == list(some.items())[::-1]


@pytest.mark.parametrize("style", STYLES)
def test_a_doi_is_printed_and_a_link(style: str) -> None:
    entry = "@article{a, author={B, C}, title={T}, journal={J}, volume=1, year=2020, doi={10.1000/a(1)b_2<3>;4}}"
    found = linked(reference(item(entry), style_path(style), "en"))
    assert 'href="https://doi.org/10.1000/a(1)b_2&lt;3&gt;;4"' in found, found
    assert found.count("<a ") == 1


def test_no_style_of_the_collection_loses_a_title(tmp_path: Path) -> None:
    """A sample, beside which the mended classes must not break."""
    from pipeline.published.citation.citation_styles import style_names

    names = style_names()
    plain = 0
    for name in names[:: len(names) // 40]:
        found = reference(items()["chapter"], style_path(name), "en")
        assert "vries" in found.casefold(), (name, found)
        plain += found.startswith("de Vries (2020). Learning across sectors. Handbook")
    assert plain <= 1


@pytest.mark.parametrize(
    ("said", "edition"), [("2", "2"), ("2nd", "2"), ("3rd ed.", "3"), ("Revised", "Revised")]
)
def test_an_edition_is_a_number_where_it_is_one(said: str, edition: str) -> None:
    entry = (
        f"@book{{a, author={{B, C}}, title={{T}}, publisher={{P}}, edition={{{said}}}, year=2020}}"
    )
    assert item(entry)["edition"] == edition


def test_a_form_that_a_locale_has_not_is_another_form() -> None:
    terms = read_style(style_path("apa"), "nl-NL", MENDED).terms
    assert terms.get_term("page", "symbol").get("form") == "short"
    with pytest.raises(IndexError):
        terms.get_term("no such term", "short")


@pytest.mark.parametrize(
    "title", ["Less <x>; more", "std::vector", "To be.. or", "A & B; C", "Why?, he said"]
)
def test_stops_inside_a_title_stay(title: str) -> None:
    entry = f"@book{{a, author={{B, C}}, title={{{title.replace('&', chr(92) + '&')}}}, publisher={{P}}, year=2020}}"
    assert title.replace("..", ".") in printed_as(entry, "vancouver")

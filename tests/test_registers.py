"""A page, or how a column looks: one function and one line in a register, and it is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from datasette import hookimpl
from datasette.plugins import pm
from jinja2 import DictLoader
from markupsafe import Markup

import pipeline.web
from pipeline.ground.project import Project
from pipeline.web.column_cells import COLUMNS
from pipeline.web.page_request import render
from pipeline.web.site_page import Page
from tests.conftest import Site

TEMPLATE = """{% extends "base.html" %}{% block title %}{{ t("nav.codebook") }}{% endblock %}
{% block content %}<h1>{{ t("nav.codebook") }} {{ name }}</h1>{% endblock %}"""


class Templates:
    """One more template, as a file beside the others would be."""

    __name__ = "one_more_template"  # Datasette looks for a package of it, and goes on without

    @hookimpl
    def prepare_jinja2_environment(self, env: Any) -> None:
        env.loader.loaders.append(DictLoader({"greeting.html": TEMPLATE}))


@pytest.fixture
def template() -> Iterator[None]:
    plugin = Templates()
    pm.register(plugin, "one-more-template")
    yield
    pm.unregister(plugin)


async def greeting_page(datasette: Any, request: Any) -> Any:
    """A page that says one name."""
    name = request.url_vars.get("name", "of all")
    return await render(datasette, request, "greeting.html", {"name": name})


def test_a_page_is_a_function_a_template_and_one_line(
    small: Project, template: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Page(r"^/greeting/(?P<name>[a-z]+)$", greeting_page)
    monkeypatch.setattr(pipeline.web, "PAGES", (*pipeline.web.PAGES, line))
    site = Site(small)
    for prefix, said, language in (("", "Codebook", "en"), ("/nl", "Codeboek", "nl")):
        page = site.get(f"{prefix}/greeting/ada")
        assert page.status_code == 200, page.text
        assert f"<h1>{said} ada</h1>" in page.text
        assert f'<html lang="{language}"' in page.text
        assert (
            "greeting"
            not in page.text.partition("<main")[0].partition("<nav")[2].partition("</nav")[0]
        )
        assert site.get(f"{prefix}/greeting/ADA").status_code == 404


def test_a_page_with_an_entry_in_the_menu_is_one_line_too(
    small: Project, template: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Page(r"^/greeting$", greeting_page, "nav.method")
    monkeypatch.setattr(pipeline.web, "PAGES", (*pipeline.web.PAGES, line))
    site = Site(small)
    for prefix, said in (("", "Method"), ("/nl", "Methode")):
        page = site.get(f"{prefix}/greeting").text
        assert f'<a href="{prefix}/greeting"' in page
        entry = page.partition(f'<a href="{prefix}/greeting"')[2].partition("</a>")[0]
        assert said in entry


def test_how_a_column_looks_is_one_function_and_one_line(
    small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        COLUMNS, "title", lambda datasette, value: Markup("<em>{}</em>").format(value.upper())
    )
    site = Site(small)
    for prefix in ("", "/nl"):
        page = site.get(f"{prefix}/orchestration/study").text
        titles = [row["title"] for row in site.get(
            f"{prefix}/orchestration/study.json?_shape=array").json()]  # fmt: skip
        assert len(titles) == 2
        for title in titles:
            assert f"<em>{title.upper()}</em>" in page
            assert f"<td>{title}</td>" not in page

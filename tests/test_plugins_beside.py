"""Other plugins of Datasette beside ours: what the settings let them do, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from datasette import hookimpl
from datasette.plugins import pm
from datasette.utils.asgi import Response

from pipeline.ground.project import Project
from tests.conftest import Evidence, Site

STRICT = "script-src 'self';"
SETTINGS = """
plugins:
  policy:
    script-src: ["'unsafe-inline'"]
    img-src: ["https://*.tile.example.org", "data:"]
    worker-src: ["blob:"]
  posts: [/answers]
"""


class Plugin:
    """A page of its own that takes questions, and a script on every page."""

    __name__ = "other"

    @hookimpl
    def register_routes(self) -> list[tuple[str, Any]]:
        async def answers(request: Any) -> Any:
            return Response.text(f"asked by {request.method}")

        return [(r"^/answers$", answers)]

    @hookimpl
    def skip_csrf(self, scope: Any) -> bool:
        return bool(scope["path"].endswith("/answers"))

    @hookimpl
    def extra_js_urls(self) -> list[str]:
        return ["/-/static-plugins/other/other.js"]

    @hookimpl
    def extra_body_script(self) -> str:
        return "window.other = 1;"


@pytest.fixture
def plugin() -> Iterator[None]:
    other = Plugin()
    pm.register(other, name="other")
    yield
    pm.unregister(other)


def test_the_policy_is_wider_where_pages_are_not_ours(small: Project, plugin: None) -> None:
    (small.corpus / "settings.yml").write_text(SETTINGS)
    site = Site(small)
    for path in ("/orchestration/study", "/answers", "/nl/answers", "/nl/orchestration/coding"):
        policy = site.get(path).headers["content-security-policy"]
        assert "script-src 'self' 'unsafe-inline';" in policy, path
        assert "img-src 'self' https://*.tile.example.org data:;" in policy
        assert "worker-src blob:" in policy
        assert "default-src 'none'" in policy
    for path in ("/", "/nl/", "/evidence", "/study/berg2020", "/nl/cite"):
        answer = site.get(path)
        assert STRICT in answer.headers["content-security-policy"], path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "other" not in answer.text.partition("<main")[0]
        assert "window.other" not in answer.text
    page = site.get("/orchestration/study").text
    assert "<script>window.other = 1;</script>" in page
    assert '<script src="/-/static-plugins/other/other.js"></script>' in page


def test_without_the_setting_nothing_changes(small: Project, plugin: None) -> None:
    site = Site(small)
    assert STRICT in site.get("/answers").headers["content-security-policy"]
    assert site.ask("POST", "/answers").status_code == 405


def test_questions_go_only_where_the_setting_says(small: Project, plugin: None) -> None:
    (small.corpus / "settings.yml").write_text(SETTINGS)
    site = Site(small)
    assert site.ask("POST", "/answers").text == "asked by POST"
    assert site.ask("POST", "/nl/answers").text == "asked by POST"
    assert site.ask("POST", "/evidence").status_code == 405
    assert site.ask("POST", "/orchestration/study").status_code == 405


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("policy: {script-src: [\"'self'; report-uri https://x.org\"]}", "one source"),
        ('policy: {script-src: ["a\\nb"]}', "one source"),
        ("policy: {default-src: [https]}", "connect-src"),
        ("posts: [graphql]", "path of the site"),
    ],
)
def test_a_setting_that_would_not_do_is_told(
    small: Project, evidence: Evidence, line: str, said: str
) -> None:
    (small.corpus / "settings.yml").write_text(f"plugins:\n  {line}\n")
    done = evidence("check", small)
    assert done.exit_code == 1
    assert "corpus/settings.yml:2" in done.output
    assert said in done.output

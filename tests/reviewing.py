"""A running review without a network, and coders who sign in to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pipeline.build.recipe import build
from pipeline.desk.review.accounts import Accounts
from pipeline.desk.review.review_desk import open_desk
from pipeline.ground.project import Project
from pipeline.web.review.review_session import Review
from pipeline.web.serve import make_review
from tests.conftest import run_apart

ROUNDS = """
  - id: roles
    title: {en: "Roles, twice", nl: "Rollen, tweemaal"}
    coders: [first, second]
    dimensions: [role]
    suggestions: shown
    hidden_from: [second]
  - id: whole
    title: {en: "Whole studies", nl: "Hele studies"}
    coders: [first]
    dimensions: [sector]
    blind: false
"""
THIRD = """
  - id: third
    name: {en: "Third coder", nl: "Derde codeur"}
    kind: "test"
    nature: person
"""


def with_rounds(project: Project, more: str = ROUNDS) -> Project:
    """Add rounds and a third coder, and build."""
    project.rounds.write_text(project.rounds.read_text() + more)
    project.coders.write_text(project.coders.read_text().rstrip("\n") + THIRD)
    build(project)
    return project


class Running:
    """A review of a project."""

    def __init__(self, project: Project, **how: Any) -> None:
        self.project = project
        self.said: list[str] = []
        self.review = Review(open_desk(project), Accounts(), self.said.append)
        self.site = make_review(project, self.review, **how)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        return run_apart(self.site.client.request(method, path, **more))

    def sign_in(self, coder: str) -> CoderSession:
        token = self.review.accounts.links.make(coder)
        answer = self.ask("GET", f"/review/sign-in?token={token}")
        assert answer.status_code == 303, answer.text
        return CoderSession(self, {"ds_actor": answer.cookies["ds_actor"]})

    def visitor(self) -> CoderSession:
        return CoderSession(self, {})


class CoderSession:
    """One browser, so to speak: it keeps its cookies and fills forms in."""

    def __init__(self, running: Running, cookies: dict[str, str]) -> None:
        self.running = running
        self.cookies = cookies

    def get(self, path: str) -> Any:
        answer = self.running.ask("GET", path, cookies=self.cookies)
        self.cookies.update(dict(answer.cookies))
        return answer

    def post(self, path: str, fields: Mapping[str, Any], page: str | None = None) -> Any:
        """Post a form with the token and the hidden fields of the page that it stands on."""
        html = self.get(page or path).text
        hidden = dict(
            re.findall(r'<input type="hidden" name="(csrftoken|seen)" value="([^"]*)"', html)
        )
        body = urlencode({**hidden, **fields}, doseq=True)
        return self.running.ask(
            "POST",
            path,
            content=body,
            cookies=self.cookies,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )

    def answer(self, unit: str, *codes: str, item: str = "roles", **more: Any) -> Any:
        fields = {
            "codes.role": list(codes) or ["none"],
            **{k.replace("_", "."): v for k, v in more.items()},
        }
        return self.post(f"/review/{item}/unit/{unit}", fields)


def wait(session: CoderSession, answer: Any) -> str:
    """The page that comes once the files have been read again."""
    assert answer.status_code == 303, answer.text
    assert session.running.review.renewal is not None
    assert session.running.review.renewal.wait(60)
    place = answer.headers["location"]
    page = session.get(place)
    while page.status_code == 303:
        page = session.get(page.headers["location"])
    return str(page.text)

"""What whoever runs the site decides: `corpus/settings.yml`, which may be missing."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from pipeline.ground.problems import InputError, Problem
from pipeline.ground.project import Project
from pipeline.ground.yamlfile import Part, read_yaml


def web_address(text: str) -> str:
    """An address that others can be put behind, without a slash at its end. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in text:
        raise ValueError(f"'{text}' should look like https://evidence.example.org")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"'{text}' should be a host and perhaps a path, nothing more")
    return text.rstrip("/")


def machine(text: str) -> str:
    """The address of a machine or of a network of them. Raises ValueError."""
    ipaddress.ip_network(text, strict=False)
    return text


def allowed(text: str) -> str:
    """A source that a Content-Security-Policy names. Raises ValueError."""
    if not re.fullmatch(r"[!-+\--:<-~]+", text):
        raise ValueError(f"'{text}' should be one source, such as https://example.org or data:")
    return text


def place(text: str) -> str:
    """The path of a page. Raises ValueError."""
    if not text.startswith("/") or text.startswith("//"):
        raise ValueError(f"'{text}' should be a path of the site, such as /graphql")
    return text


Directive = Literal["connect-src", "font-src", "img-src", "script-src", "style-src", "worker-src"]


class Beside(Part):
    """What other plugins of Datasette need beside ours, on pages that are not ours.

    `policy`: what is added to directives of the Content-Security-Policy. `posts`: where paths
    begin to which forms and questions may be sent.
    """

    policy: dict[Directive, tuple[Annotated[str, AfterValidator(allowed)], ...]] = Field(
        default_factory=dict
    )
    posts: tuple[Annotated[str, AfterValidator(place)], ...] = ()


class Settings(Part):
    """`excerpt`: the longest coded excerpt of a full text that is published, in characters.

    `public_url`: how permanent links begin. `proxies`: machines in front of the site that say
    where a visitor comes from. `plugins`: what others of Datasette need. `author` and
    `organisation` stand on the first page of reports.
    """

    excerpt: int = Field(default=600, ge=40, le=2000)
    public_url: Annotated[str, AfterValidator(web_address)] = ""
    proxies: tuple[Annotated[str, AfterValidator(machine)], ...] = ()
    plugins: Beside = Beside()
    author: str = Field(default="", max_length=200)
    organisation: str = Field(default="", max_length=200)


def public_address(project: Project, given: str) -> str:
    """How permanent links begin: as a command was told, or else as the settings say."""
    return given.rstrip("/") or read_settings(project)[0].public_url


def read_settings(project: Project) -> tuple[Settings, list[Problem]]:
    """The settings, or the usual ones with what is wrong in the file."""
    path = project.corpus / "settings.yml"
    if not path.is_file():
        return Settings(), []
    try:
        return read_yaml(path, Settings, project.name(path)), []
    except InputError as error:
        return Settings(), error.problems

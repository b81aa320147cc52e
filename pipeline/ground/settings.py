"""What whoever runs the site decides: `corpus/settings.yml`, which may be missing."""

from __future__ import annotations

import ipaddress
from typing import Annotated
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


class Settings(Part):
    """`excerpt`: the longest coded excerpt of a full text that is published, in characters.

    `public_url`: how permanent links begin. `proxies`: machines in front of the site that say
    where a visitor comes from. `author` and `organisation` stand on the first page of reports.
    """

    excerpt: int = Field(default=600, ge=40, le=2000)
    public_url: Annotated[str, AfterValidator(web_address)] = ""
    proxies: tuple[Annotated[str, AfterValidator(machine)], ...] = ()
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

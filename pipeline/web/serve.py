"""Serving the database: Datasette with our plugin, read-only, safe for a public site."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.ground.problems import InputError, Mendable
from pipeline.ground.project import Project

if TYPE_CHECKING:
    from pipeline.web.review.review_session import Review
    from pipeline.web.site_address import SiteAddress

SETTINGS: dict[str, Any] = {
    "default_allow_sql": False,
    "default_page_size": 50,
    "suggest_facets": False,
    "truncate_cells_html": 0,
    "allow_download": True,
    "facet_time_limit_ms": 1000,
    "default_cache_ttl": 60,
}


class PortTaken(Mendable):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__([f"port {port} is taken"])
        self.port = port


def make_site(project: Project, allow_sql: bool = False, place: SiteAddress | None = None) -> Any:
    """The Datasette application over a project's database, read-only."""
    return _site(project, place, immutables=[str(project.database)], allow_sql=allow_sql)


def make_review(
    project: Project, review: Review, secret: str | None = None, place: SiteAddress | None = None
) -> Any:
    """The same site over a working copy of the database, with the pages of review."""
    from pipeline.desk.review.live_rows import working_copy
    from pipeline.web.review.review_session import RUNNING

    review.copy = working_copy(project)
    site = _site(project, place, files=[str(review.copy)], secret=secret)
    RUNNING.put(site, review)
    return site


def _site(
    project: Project,
    place: SiteAddress | None,
    files: Sequence[str] = (),
    immutables: Sequence[str] = (),
    allow_sql: bool = False,
    secret: str | None = None,
) -> Any:
    from pipeline.ground.metadata import read_metadata
    from pipeline.ground.settings import read_settings
    from pipeline.web.prefixed_addresses import Site
    from pipeline.web.security_headers import BESIDE
    from pipeline.web.site_address import PLACE, SiteAddress

    _register()
    place = place or SiteAddress()
    settings, problems = read_settings(project)
    if problems:
        raise InputError(problems)
    site = Site(
        files=list(files),
        immutables=list(immutables),
        metadata=read_metadata(project.metadata),
        settings={
            **SETTINGS,
            "default_allow_sql": allow_sql,
            "base_url": place.base,
            **({"default_cache_ttl": 0, "allow_download": False} if files else {}),
        },
        secret=secret,
    )
    PLACE.put(site, place)
    BESIDE.put(site, settings.plugins)
    return site


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)  # who comes before the server is up waits
    except OSError:
        listener.close()
        raise PortTaken(port) from None
    return listener


def reached(project: Project, public_url: str | None, proxies: Sequence[str] | None) -> SiteAddress:
    """How a site will be reached: as the options of a command say, or else the settings.

    Raises ValueError for an option, InputError for the settings.
    """
    from pipeline.ground.settings import machine, read_settings, web_address
    from pipeline.web.site_address import SiteAddress

    settings, problems = read_settings(project)
    if problems:
        raise InputError(problems)
    public = settings.public_url if public_url is None else public_url
    return SiteAddress(
        public=web_address(public) if public else "",
        proxies=tuple(machine(proxy) for proxy in proxies or settings.proxies),
    )


def run(site: Any, listener: socket.socket, proxies: Sequence[str] = ()) -> None:
    """Serve a site until interrupted. Only `proxies` may say where a visitor comes from."""
    import uvicorn

    config = uvicorn.Config(
        site.app(),
        log_level="warning",
        lifespan="on",
        workers=1,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
    )
    uvicorn.Server(config).run(sockets=[listener])


def _register() -> None:
    """Make sure that the plugin is loaded before a site is made.

    Where the distribution is installed, Datasette finds it by its entry point.
    """
    from datasette.plugins import pm

    import pipeline.web as plugin

    if not pm.is_registered(plugin):
        pm.register(plugin, name="evidence")

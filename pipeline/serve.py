"""Serving the database: Datasette with our plugin, read-only, safe for a public site."""

from __future__ import annotations

import socket
from typing import Any

from pipeline.project import Project

SETTINGS: dict[str, Any] = {
    "default_allow_sql": False,
    "default_page_size": 50,
    "suggest_facets": False,
    "truncate_cells_html": 0,
    "allow_download": True,
    "facet_time_limit_ms": 1000,
    "default_cache_ttl": 60,
}


class PortTaken(Exception):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken")
        self.port = port


def make_site(project: Project, allow_sql: bool = False) -> Any:
    """The Datasette application over a project's database."""
    from datasette.app import Datasette

    from pipeline.web.config import read_metadata, register

    register()
    return Datasette(
        immutables=[str(project.database)],
        metadata=read_metadata(project.metadata),
        settings={**SETTINGS, "default_allow_sql": allow_sql},
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise PortTaken(port) from None
    return listener


def serve_project(project: Project, listener: socket.socket, allow_sql: bool = False) -> None:
    """Serve until interrupted."""
    import uvicorn

    config = uvicorn.Config(
        make_site(project, allow_sql).app(), log_level="warning", lifespan="on", workers=1
    )
    uvicorn.Server(config).run(sockets=[listener])

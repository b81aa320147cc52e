"""A site whose addresses hold the path that it is served under once."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.url_builder import Urls
from datasette.utils import PrefixedUrlString


class Addresses(Urls):  # type: ignore[misc]
    """Addresses of a site.

    Datasette puts the path of the site before every address, also before those of facets, pages
    and formats, which it takes from the address that was asked for and which begin with it already.
    """

    def path(self, path: str, format: str | None = None) -> Any:
        base = self.ds.setting("base_url")
        if base != "/" and path.startswith(base):
            path = PrefixedUrlString(path)
        return super().path(path, format)


class Site(Datasette):  # type: ignore[misc]
    """Datasette with such addresses."""

    @property
    def urls(self) -> Addresses:
        return Addresses(self)

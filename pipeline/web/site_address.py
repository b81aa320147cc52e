"""Where a site is reached: the names it answers to, and how its permanent links begin."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from pipeline.web.kept_with_site import Kept

_LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]"))


@dataclass(frozen=True)
class SiteAddress:
    """Addresses of a running site, without a slash at the end.

    `local`: where the server listens. `public`: how permanent links begin, empty where nobody
    said. `proxies`: the machines in front whose word is taken for where a visitor comes from.
    """

    local: str = "http://localhost"
    public: str = ""
    proxies: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The path under which the site lies, with slashes around."""
        return f"{urlsplit(self.public).path.rstrip('/')}/"

    def on(self, host: str, port: int) -> SiteAddress:
        """The same place, once it is known where the server listens."""
        return replace(self, local=f"http://{_joined(host, port)}")

    def links(self, path: str) -> tuple[str, ...]:
        """A page of the running site: at its public address, if it has one, and on this machine."""
        here = f"{self.local}{self.base.rstrip('/')}{path}"
        return (f"{self.public}{path}", here) if self.public else (here,)

    def knows(self, host: str, server: tuple[str, int | None] | None) -> bool:
        """Whether a Host header names this site; `server` is the socket that it came in on."""
        names = {_plain(urlsplit(address).netloc) for address in (self.local, self.public)}
        if server is not None:
            names.add(_plain(_joined(server[0], server[1])))
        names |= {
            f"{other}{name.removeprefix(own)}"
            for name in tuple(names)
            for own in _LOOPBACK
            if name == own or name.startswith(f"{own}:")
            for other in _LOOPBACK
        }
        return _plain(host) in names - {""}


PLACE: Kept[SiteAddress] = Kept("place")


def _plain(host: str) -> str:
    """A host in small letters, without a port that goes without saying."""
    return re.sub(r"(\A[^:]+|\]):(?:80|443)\Z", r"\1", host.lower())


def _joined(name: str, port: int | None) -> str:
    name = name.removeprefix("::ffff:")
    name = f"[{name}]" if ":" in name else name
    return name if port is None else f"{name}:{port}"

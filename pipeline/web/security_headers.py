"""Headers under which every page is sent: nothing but our own style and script runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.ground.settings import Beside, Directive
from pipeline.web.kept_with_site import Kept

BESIDE: Kept[Beside] = Kept("beside")  # what plugins beside ours need
POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))
NAME = b"content-security-policy"


def policy(added: Mapping[Directive, Sequence[str]]) -> bytes:
    """The policy as a header, each directive with what is added to it."""
    sources = {name: [source] for name, source in POLICY.items()}
    for name, more in added.items():
        sources.setdefault(name, []).extend(more)
    return "; ".join(" ".join([name, *some]) for name, some in sources.items()).encode()


STRICT = policy({})


def with_headers(datasette: Any, app: Any, ours: Callable[[Any], bool]) -> Any:
    """The application with these headers on every answer; only ours get none but our own policy."""

    def policy_of(scope: Any) -> bytes:
        beside = BESIDE.of(datasette)
        return policy(beside.policy) if beside and beside.policy and not ours(scope) else STRICT

    async def run(scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = (*HEADERS, (NAME, policy_of(scope)))
                names = {name for name, _ in own}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
                message = {**message, "headers": [*kept, *own]}
            await send(message)

        await app(scope, receive, with_headers)

    return run

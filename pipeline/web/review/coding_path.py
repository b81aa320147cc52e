"""How a coder goes through a round, as it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from pipeline.desk.review.queue import ORDERS, Order
from pipeline.desk.review.review_desk import Desk
from pipeline.ground.addresses import address_part
from pipeline.ground.texts import spoken
from pipeline.model.answers import is_passage
from pipeline.model.people import Round
from pipeline.model.scheme import LANGUAGES


@dataclass(frozen=True)
class CodingPath:
    """A round, the order of its passages, and the language of the codebook."""

    round: str
    order: Order
    language: str = field(default_factory=spoken)

    def query(self, **more: str) -> str:
        """The address's query, without what is as usual."""
        parts = {
            "order": self.order.name if self.order.name != "document" else "",
            "code": self.order.code,
            "all": "" if self.order.open_only else "1",
            "lang": self.language if self.language != spoken() else "",
            **more,
        }
        text = urlencode({name: value for name, value in parts.items() if value})
        return f"?{text}" if text else ""

    def unit(self, unit: str, **more: str) -> str:
        return f"/review/{self.round}/unit/{address_part(unit)}{self.query(**more)}"

    def study(self, study: str, **more: str) -> str:
        return f"/review/{self.round}/study/{address_part(study)}{self.query(**more)}"

    def at(self, unit: str, **more: str) -> str:
        """Where a passage is coded, or where a study is asked about."""
        return self.unit(unit, **more) if is_passage(unit) else self.study(unit, **more)

    def next(self, after: str = "", **more: str) -> str:
        return f"/review/{self.round}/next{self.query(after=after, **more)}"


def coding_path_of(request: Any, desk: Desk, item: Round, coder: str) -> CodingPath:
    """The path in the address; what it does not know, or may not show, is as usual."""
    name = request.args.get("order") or "document"
    code = request.args.get("code") or ""
    codes = desk.scheme.dimension(desk.scheme.evidence).code_ids
    if name not in ORDERS or not may_order(item, coder):
        name, code = "document", ""
    if code not in codes or name != "score":
        code = ""
    if name == "score" and not code:
        name = "document"
    language = request.args.get("lang")
    return CodingPath(
        item.id,
        Order(name, code, open_only=not request.args.get("all")),
        language if language in LANGUAGES else spoken(),
    )


def may_order(item: Round, coder: str) -> bool:
    """An order by score would give hidden suggestions away."""
    return item.may_order_by_score and coder not in item.hidden_from

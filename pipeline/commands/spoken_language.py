"""The language in which commands speak: `--lang`, EVIDENCE_LANG, or LANG where that is Dutch."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.ground.texts import LANGUAGES, speaking

FLAG = "--lang"


def usual(environment: Mapping[str, str] = os.environ) -> str:
    """The language that the environment asks for; English where it asks for none of ours."""
    asked = environment.get("EVIDENCE_LANG", ""), environment.get("LANG", "")[:2]
    return next((name for name in asked if name in LANGUAGES), LANGUAGES[0])


class _Command(TyperCommand):
    """Takes --lang, unless it has one of its own for what it reads or writes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = [flag for item in self.params for flag in item.opts]
        return super().parse_args(ctx, args if FLAG in own else _taken(ctx, args))


class _Group(TyperGroup):
    """Takes --lang before the name of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if ctx.parent is None:
            ctx.with_resource(speaking(usual()))
        return super().parse_args(ctx, _taken(ctx, args, to=self.commands))


class Commands(typer.Typer):
    """Commands that speak the language that is asked for."""

    def __init__(self, **how: Any) -> None:
        super().__init__(cls=_Group, add_completion=False, rich_markup_mode=None, **how)

    def command(self, *named: Any, **how: Any) -> Callable[[Any], Any]:
        return super().command(*named, **{"cls": _Command, **how})


def _taken(ctx: Any, args: list[str], to: Mapping[str, Any] | None = None) -> list[str]:
    """The arguments without --lang, which is spoken; only before the first that is in `to`."""
    end = next((place for place, arg in enumerate(args) if arg in (to or {})), len(args))
    flag = f"{FLAG}="
    for place, arg in enumerate(args[:end]):
        if arg == FLAG or arg.startswith(flag):
            rest = args[place + 1 :] if arg == FLAG else [arg.removeprefix(flag)]
            language = "".join(rest[:1])
            if language not in LANGUAGES:
                raise typer.BadParameter(f"{FLAG} {'|'.join(LANGUAGES)}")
            ctx.with_resource(speaking(language))
            return [*args[:place], *args[place + 1 + (arg == FLAG) :]]
    return args

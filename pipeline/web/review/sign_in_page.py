"""Signing in and out."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

from datasette.utils.asgi import Response

from pipeline.desk.review.accounts import LONGEST_NAME
from pipeline.web.review.review_session import (
    SESSION,
    coder_of,
    first,
    go,
    page,
    read_form,
    running,
    sign,
)
from pipeline.web.site_address import Place, place_of


async def sign_in_page(datasette: Any, request: Any) -> Response:
    """GET with a one-time token, or the form; POST with name and password.

    Programs that look at a link first ask with HEAD; that does not use it up.
    """
    review = running(datasette)
    if request.method == "POST":
        return await _with_password(datasette, request)
    token = request.args.get("token")
    if token is None:
        if coder_of(review, request) is not None:
            return go(datasette, "/review")
        return await _form(datasette, request)
    if request.method != "GET":
        return await _form(datasette, request)
    coder = review.desk.coders.get(review.accounts.links.use(token) or "")
    if coder is None or not coder.active:
        message = "This link was used already, is too old, or was changed on the way."
        return await _form(datasette, request, message, 403)
    response = go(datasette, "/review")
    sign(datasette, request, response, coder.id, time.time())
    return response


async def new_link(datasette: Any, request: Any) -> Response:
    """Print a fresh link where the server was started: only who sees that can use it."""
    review = running(datasette)
    if review.accounts.passwords is not None or request.method != "POST":
        return go(datasette, "/review/sign-in")
    form = await read_form(request)
    coder = review.desk.coders.get(first(form, "coder_name"))
    if coder is not None and coder.active:
        token = review.accounts.links.make(coder.id)
        place = place_of(datasette) or Place()
        for link in place.links(f"/review/sign-in?token={token}"):
            review.say(f"{coder.id}: {link}")
    message = "A new link stands in the window in which the review was started."
    return await _form(datasette, request, message)


async def sign_out(datasette: Any, request: Any) -> Response:
    """POST ends the session, here as well as in the browser."""
    review = running(datasette)
    if request.method != "POST":
        return go(datasette, "/review")
    session = (request.actor or {}).get("session")
    if session:
        try:
            review.accounts.ended.add(session, SESSION)
        except OSError as error:
            review.say(f"Signing out holds until this review stops: {error}")
    response = go(datasette, "/review/sign-in")
    response.set_cookie("ds_actor", "", max_age=0, expires=0)
    return response


async def _with_password(datasette: Any, request: Any) -> Response:
    review = running(datasette)
    accounts = review.accounts
    form = await read_form(request)
    name, password = first(form, "name").strip()[:LONGEST_NAME], first(form, "password")
    address = (request.scope.get("client") or ("",))[0]
    if accounts.passwords is None:
        return await _form(datasette, request, "Here coders sign in by link.", 403)
    with accounts.attempts.turn(name, address) as wait:
        if wait:
            seconds = math.ceil(wait)
            message = f"Too many wrong passwords from here. Try again in {seconds} s."
            answer = await _form(datasette, request, message, 429)
            answer.headers["Retry-After"] = str(seconds)
            return answer
        fits = await asyncio.to_thread(accounts.passwords.fits, name, password)
    coder = review.desk.coders.get(name)
    if not fits or coder is None or not coder.active:
        return await _form(datasette, request, "Name and password do not fit.", 403)
    accounts.attempts.right(name, address)
    response = go(datasette, "/review")
    sign(datasette, request, response, coder.id, time.time())
    return response


async def _form(datasette: Any, request: Any, message: str = "", status: int = 200) -> Response:
    review = running(datasette)
    context = {
        "message": message,
        "refused": status != 200,
        "by_password": review.accounts.passwords is not None,
        "coders": [coder for coder in review.desk.coders.values() if coder.active],
    }
    return await page(datasette, request, "sign_in.html", context, status)

"""Signing in and out."""

from __future__ import annotations

import asyncio
import math
import time

from datasette.utils.asgi import Response

from pipeline.desk.review.accounts import LONGEST_NAME
from pipeline.ground.texts import spoken
from pipeline.web.review.review_page import Notice, Visit, open_page
from pipeline.web.review.review_session import SESSION, first, read_form, sign
from pipeline.web.review.review_texts import review_says
from pipeline.web.site_address import PLACE, SiteAddress
from pipeline.web.site_language import path_of


@open_page
async def sign_in_page(visit: Visit) -> Response:
    """GET with a one-time token, or the form; POST with name and password.

    Programs that look at a link first ask with HEAD; that does not use it up.
    """
    if visit.sends:
        return await _with_password(visit)
    token = visit.request.args.get("token")
    if token is None:
        if visit.visitor is not None:
            return visit.go("/review")
        return await _form(visit)
    if visit.request.method != "GET":
        return await _form(visit)
    coder = visit.review.desk.coders.get(visit.review.accounts.links.use(token) or "")
    if coder is None or not coder.active:
        message = review_says("signing_in.this_link_was_used_already")
        return await _form(visit, message, 403)
    response = visit.go("/review")
    sign(visit.datasette, visit.request, response, coder.id, time.time())
    return response


@open_page
async def new_link(visit: Visit) -> Response:
    """Print a fresh link where the server was started: only who sees that can use it."""
    if visit.review.accounts.passwords is not None or not visit.sends:
        return visit.go("/review/sign-in")
    form = await read_form(visit.request)
    coder = visit.review.desk.coders.get(first(form, "coder_name"))
    if coder is not None and coder.active:
        token = visit.review.accounts.links.make(coder.id)
        place = PLACE.of(visit.datasette) or SiteAddress()
        for link in place.links(f"{path_of(spoken())}/review/sign-in?token={token}"):
            visit.review.say(f"{coder.id}: {link}")
    message = review_says("signing_in.a_new_link_stands_in")
    return await _form(visit, message)


@open_page
async def sign_out(visit: Visit) -> Response:
    """POST ends the session, here as well as in the browser."""
    if not visit.sends:
        return visit.go("/review")
    session = (visit.request.actor or {}).get("session")
    if session:
        try:
            visit.review.accounts.ended.add(session, SESSION)
        except OSError as error:
            visit.review.say(review_says("signing_in.signing_out_holds_until_this", error=error))
    response = visit.go("/review/sign-in")
    response.set_cookie("ds_actor", "", max_age=0, expires=0)
    return response


async def _with_password(visit: Visit) -> Response:
    accounts = visit.review.accounts
    form = await read_form(visit.request)
    name, password = first(form, "name").strip()[:LONGEST_NAME], first(form, "password")
    address = (visit.request.scope.get("client") or ("",))[0]
    if accounts.passwords is None:
        return await _form(visit, review_says("signing_in.here_coders_sign_in_by"), 403)
    with accounts.attempts.turn(name, address) as wait:
        if wait:
            seconds = math.ceil(wait)
            message = review_says("signing_in.too_many_wrong_passwords_from", seconds=seconds)
            answer = await _form(visit, message, 429)
            answer.headers["Retry-After"] = str(seconds)
            return answer
        fits = await asyncio.to_thread(accounts.passwords.fits, name, password)
    coder = visit.review.desk.coders.get(name)
    if not fits or coder is None or not coder.active:
        return await _form(visit, review_says("signing_in.name_and_password_do_not"), 403)
    accounts.attempts.right(name, address)
    response = visit.go("/review")
    sign(visit.datasette, visit.request, response, coder.id, time.time())
    return response


async def _form(visit: Visit, message: str = "", status: int = 200) -> Response:
    context = {
        "message": message,
        "refused": status != 200,
        "by_password": visit.review.accounts.passwords is not None,
        "coders": [coder for coder in visit.review.desk.coders.values() if coder.active],
    }
    return await visit.page("sign_in.html", context, Notice(status=status))

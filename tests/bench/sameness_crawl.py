"""All kinds of pages of a running site, reached by following links as a reader would."""

from __future__ import annotations

import html
import http.client
import os
import re
import subprocess
import time
from collections import Counter, deque
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from tests.bench.sameness_commands import FORMATS

if TYPE_CHECKING:
    from tests.bench.sameness import Saved

# Links that only change who is signed in, and the database itself, whose rows are compared.
LEFT_OUT = re.compile(r"^/review/(sign-in|sign-out|new-link)|^/orchestration\.db$")
FILTERS = ("", "role=connector", "sector=energy&sector=health&status=agreed")
TABLES = (
    "agreement", "alias", "author", "candidate", "cell", "code", "code_total", "coder", "coding",
    "considered", "country", "coverage", "decision", "dimension", "document", "evidence", "flow",
    "gap", "import", "indicator", "influence", "instruction", "machine_agreement", "meta", "part",
    "passage", "passage_scores", "passage_sector", "reference", "related", "role_sector_matrix", "round", "scheme_version", "score",
    "screening_agreement", "study", "study_author", "study_country", "study_sector", "suggestion",
    "suggestion_span", "training", "wording",
)  # fmt: skip
SEEDS = (
    "/", "/evidence", "/orchestration", "/questions", "/search?q=trust", "/search?q=trust&exact=1",
    "/search?q=xyzzy", "/nowhere", "/study/nobody", "/evidence/nothing", "/evidence?role=nobody",
    "/evidence?nonsense=1", "/evidence?page=2", "/evidence?page=999", "/?by=phase&count=studies",
    "/cite?role=connector&style=ieee", "/agreement", "/codebook/versions", "/prisma.svg",
    "/prisma.png", "/prisma.csv", "/feed.atom", "/feed.atom?role=connector", "/-/versions",
    "/robots.txt", "/favicon.ico", "/review",
    *(f"/download/{form}?{chosen}".rstrip("?") for form in FORMATS for chosen in FILTERS),
    *(f"/orchestration/{table}" for table in TABLES),
    *(f"/orchestration/{table}.json?_size=max" for table in TABLES),
    *(f"/orchestration/{table}.csv?_stream=on" for table in TABLES),
)  # fmt: skip
# Filters can be put together without end: how many addresses of one kind are looked at. A kind is a
# path but for its last part, and the names of its parameters.
PAGES = 110  # without parameters: all studies, codes and pieces of evidence
ROWS = 2  # of one table
UNITS = 10  # of one round, in a review
FILTERED = {1: 3, 2: 1}  # by the number of parameters; of more than two none


@contextmanager
def served(order: list[str], work: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A server that this command starts: its address, and the links by which coders sign in."""
    log = work / "served.log" if order[1] == "serve" else work / "reviewed.log"
    with log.open("w") as out:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            [*order, "--port", "0", "--no-open"], stdout=out, stderr=out, cwd=work, env=environment
        )
    try:
        for _ in range(1200):
            said = log.read_text()
            found = re.search(r" at (http://127\.0\.0\.1:[0-9]+)", said)
            if found and _answers(found[1]):
                links = re.findall(r"(\w+) signs in, once, with: (\S+)", said)
                yield found[1], dict(links)
                return
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"{' '.join(order)} does not serve:\n{log.read_text()}")
    finally:
        process.terminate()
        process.wait()


def _answers(root: str) -> bool:
    try:
        connection = http.client.HTTPConnection(root.removeprefix("http://"), timeout=5)
        connection.request("GET", "/-/evidence/site.css")
        connection.getresponse().read()
    except OSError:
        return False
    return True


def crawl(
    root: str, saved: Saved, part: str, only: Set[str] = frozenset(), sign_in: str = ""
) -> int:
    """Save every page that is reached; below `only` these paths, if any. How many there were."""
    host = root.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=900)
    cookies: dict[str, str] = {}
    if sign_in:
        _ask(connection, sign_in.removeprefix(root), cookies)
    seeds = [f"{path}{more}" for path in only for more in ("", "/stopping", "/scheme", "/add")]
    waiting = deque(f"{lang}{seed}" for seed in seeds or SEEDS for lang in ("", "/nl"))
    seen = set(waiting)
    kinds: Counter[tuple[str, ...]] = Counter()
    count = 0
    while waiting:
        address = waiting.popleft()
        answer, data = _ask(connection, address, cookies)
        kind = answer.getheader("content-type") or ""
        place = answer.getheader("location") or ""
        head = [f"{answer.status} {kind}", place, answer.getheader("content-disposition") or ""]
        text = saved.normal.of(data)
        saved.add(part, address, saved.normal("\n".join(head)) + "\n\n" + text)
        count += 1
        found = list(_links(data.decode())) if kind.startswith("text/html") else []
        for link in [place, *found]:
            target = _target(root, address, link)
            if target is None or target in seen:
                continue
            bare = target.removeprefix("/nl")
            if only and not any(bare.startswith(path) for path in only):
                continue
            name = _kind(target)
            if kinds[name] < _most(name):
                kinds[name] += 1
                seen.add(target)
                waiting.append(target)
    return count


def _ask(
    connection: http.client.HTTPConnection, address: str, cookies: dict[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    connection.request("GET", address, headers=headers if cookies else {})
    answer = connection.getresponse()
    data = answer.read()
    for name, value in answer.getheaders():
        if name.lower() == "set-cookie":
            key, _, held = value.partition(";")[0].partition("=")
            cookies[key] = held
    return answer, data


def _links(page: str) -> Iterator[str]:
    """Addresses that a page leads to, and those that its choices make."""
    for link in re.findall(r'\b(?:href|src)="([^"]*)"', page):
        yield html.unescape(link)
    for tag, body in re.findall(r"(<form\b[^>]*>)(.*?)</form>", page, re.DOTALL):
        if 'method="post"' in tag.lower():
            continue
        action = html.unescape((re.findall(r'action="([^"]*)"', tag) or [""])[0])
        for name, options in re.findall(
            r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL
        ):
            for value in re.findall(r'<option value="([^"]+)"', options):
                yield f"{action.partition('#')[0]}?{urlencode({name: html.unescape(value)})}"


def _target(root: str, here: str, link: str) -> str | None:
    """A link as a path of this site, if it is one."""
    parts = urlsplit(urljoin(root + here, link))
    if f"{parts.scheme}://{parts.netloc}" != root or not link:
        return None
    if LEFT_OUT.match(parts.path.removeprefix("/nl")):
        return None
    path = quote(parts.path, safe="/%~+=,:;@!$&'()*")
    return f"{path}?{parts.query}" if parts.query else path


def _kind(target: str) -> tuple[str, ...]:
    path, _, query = target.partition("?")
    folder, _, last = path.rpartition("/")
    names = sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)})
    form = last.rpartition(".")[2] if "." in last else ""
    if _is_table(folder) and len(names) > 1:
        names = ["several"] * 2  # any two of a table's columns can be put together
    return (folder, last if folder in ("", "/nl") else "*", form, *names)


def _is_table(folder: str) -> bool:
    return folder.removeprefix("/nl") == "/orchestration"


def _most(kind: tuple[str, ...]) -> int:
    """How many addresses of a kind are looked at."""
    folder, _, _, *names = kind
    bare = folder.removeprefix("/nl")
    if names:
        return 12 if names[0] == "several" else FILTERED.get(len(names), 0)
    if bare.startswith("/orchestration/"):
        return ROWS
    return UNITS if bare.startswith("/review/") else PAGES

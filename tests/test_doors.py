"""What a site lets in: bodies, methods, hosts; and signing in and out."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from typer.testing import CliRunner

from pipeline.commands.evidence import app
from pipeline.desk.review.accounts import Accounts, Attempts, Passwords, hash_password
from pipeline.desk.review.review_desk import open_desk
from pipeline.ground.project import Project
from pipeline.sources.decisions import read_decisions
from pipeline.web.review.review_session import Review
from pipeline.web.serve import make_review
from tests.conftest import Evidence, Site, passage_id, run_apart
from tests.reviewing import CoderSession, Running

FORM = {"content-type": "application/x-www-form-urlencoded"}
BOUNDARY = "a-line-between"
FILES = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
BLOCK = 65_536
RIS = "TY  - JOUR\nTI  - Weaving across sectors\nAU  - Jansen, P\nPY  - 2020\nER  - \n"


@pytest.fixture
def project(reviewed: Project) -> Project:
    return reviewed


@pytest.fixture
def running(project: Project) -> Running:
    return Running(project)


class Body:
    """A body that comes in blocks, without its length, and counts what was taken of it."""

    def __init__(self, size: int, before: bytes = b"", after: bytes = b"") -> None:
        self.size, self.before, self.after = size, before, after
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.before
        for _ in range(self.size // BLOCK):
            self.taken += BLOCK
            yield b"a" * BLOCK
        yield self.after


def form_with_file(token: str, name: str, data: bytes = b"") -> tuple[bytes, bytes]:
    """A form before and after what a file goes on with."""
    before = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrftoken"\r\n\r\n{token}\r\n'
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
        f'name="file"; filename="{name}"\r\n\r\n'
    )
    return before.encode() + data, f"\r\n--{BOUNDARY}--\r\n".encode()


def token_of(session: CoderSession, path: str) -> str:
    found = re.search(r'name="csrftoken" value="([^"]*)"', session.get(path).text)
    assert found
    return found[1]


# Bodies


@pytest.mark.parametrize("path", ["/review/sign-in", "/nl/review/sign-in", "/review/new-link"])
@pytest.mark.parametrize("headers", [{}, {"cookie": "ds_csrftoken=x"}])
def test_a_stranger_sends_64_kb_at_most(
    running: Running, path: str, headers: dict[str, str]
) -> None:
    long = running.ask("POST", path, content=b"a" * 70_000, headers={**FORM, **headers})
    assert (long.status_code, "64 KB" in long.text) == (413, True)
    endless = Body(300_000_000)
    answer = running.ask("POST", path, content=endless, headers={**FORM, **headers})
    assert answer.status_code == 413
    assert endless.taken <= 2 * BLOCK
    short = running.ask("POST", path, content=b"name=" + b"a" * 60_000, headers=FORM)
    assert short.status_code != 413


@pytest.mark.parametrize(
    "path", ["/review/add", "/review/scheme/import", "/review/returned", "/nl/review/add"]
)
def test_nobody_uploads_without_signing_in(running: Running, path: str) -> None:
    endless = Body(300_000_000, *form_with_file("", "a.ris"))
    assert running.ask("POST", path, content=endless, headers=FILES).status_code == 413
    assert endless.taken <= 2 * BLOCK
    length = {**FILES, "content-length": "300000000"}
    assert running.ask("POST", path, content=Body(0), headers=length).status_code == 413
    before, after = form_with_file("", "a.ris", RIS.encode())
    assert running.ask("POST", path, content=before + after, headers=FILES).status_code == 403


@pytest.mark.parametrize("path", ["/", "/evidence", "/nl/", "/-/messages", "/review/sign-in"])
def test_the_public_site_is_only_read(small: Project, path: str) -> None:
    site = Site(small)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        endless = Body(300_000_000)
        answer = site.ask(method, path, content=endless, headers=FORM)
        assert (answer.status_code, endless.taken) == (405, 0)
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert site.ask("OPTIONS", path).status_code == 204
    assert site.ask("HEAD", path).status_code == site.get(path).status_code
    assert site.ask("GET", path, content=b"a" * 70_000).status_code == 413


def test_what_is_refused_is_said_in_the_language_of_the_address(small: Project) -> None:
    site = Site(small)
    assert "This page can only be read." in site.ask("POST", "/evidence").text
    assert "Deze pagina kan alleen gelezen worden." in site.ask("POST", "/nl/evidence").text
    assert site.ask("POST", "/").headers["content-security-policy"].startswith("default-src 'none'")


def test_the_pages_beside_a_review_are_only_read_too(running: Running) -> None:
    assert running.ask("POST", "/evidence", content=b"", headers=FORM).status_code == 405
    assert running.ask("PUT", "/review/undo", content=b"", headers=FORM).status_code == 405
    assert running.ask("POST", "/-/logout", content=b"", headers=FORM).status_code == 405


def test_the_longest_notes_in_any_script_are_saved(running: Running, project: Project) -> None:
    unit = passage_id(project, "berg2020", 1)
    note = "𝔷" * 20_000
    assert len(quote(note)) == 240_000
    assert running.sign_in("first").answer(unit, "weaver", note_role=note).status_code == 303
    lines, _ = read_decisions(project.decisions / "first" / "berg2020.csv", "first", "x")
    assert lines[-1].note == note


def test_a_form_has_an_end_for_those_who_are_signed_in(running: Running) -> None:
    coder = running.sign_in("first")
    answer = coder.post("/review/undo", {"more": "a" * 1_100_000}, "/review")
    assert (answer.status_code, "1 MB" in answer.text) == (413, True)
    many = coder.post("/review/undo", {f"f{number}": "" for number in range(2001)}, "/review")
    assert many.status_code == 400


def test_a_file_goes_to_disk_as_it_comes_in(running: Running) -> None:
    coder = running.sign_in("first")
    before, after = form_with_file(token_of(coder, "/review/add"), "a.xyz")
    body = Body(50_000_000, before, after)
    tracemalloc.start()
    answer = running.ask("POST", "/review/screen/berg2020/text", content=body, headers=FILES,
                         cookies=coder.cookies)  # fmt: skip
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 400
    assert "Full texts are" in answer.text
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("path", "most"),
    [("/review/scheme/import", "101 MB"), ("/review/screen/berg2020/text", "101 MB")],
)
def test_each_page_takes_files_of_the_size_it_reads(running: Running, path: str, most: str) -> None:
    coder = running.sign_in("first")
    parts = form_with_file(token_of(coder, "/review/add"), "a.txt")
    endless = Body(300_000_000, *parts)
    ask = {"headers": FILES, "cookies": coder.cookies}
    answer = running.ask("POST", path, content=endless, **ask)
    assert (answer.status_code, most in answer.text) == (413, True)
    assert endless.taken < 110_000_000
    length = {**FILES, "content-length": "300000000"}
    answer = running.ask("POST", path, content=Body(0), headers=length, cookies=coder.cookies)
    assert (answer.status_code, most in answer.text) == (413, True)


@pytest.mark.parametrize("page", ["/review/add", "/nl/review/add"])
def test_an_upload_needs_its_token(running: Running, page: str) -> None:
    coder = running.sign_in("first")
    token = token_of(coder, "/review/add")

    def upload(given: str, **headers: str) -> Any:
        before, after = form_with_file(given, "some.ris", RIS.encode())
        return running.ask("POST", page, content=before + after,
                           headers={**FILES, **headers}, cookies=coder.cookies)  # fmt: skip

    for wrong in ("", token[:-1] + "x", "é"):
        assert upload(wrong).status_code == 403
    for right in (upload(token), upload("", **{"x-csrftoken": token})):
        assert right.status_code == 303
        assert "Weaving across sectors" in coder.get(right.headers["location"]).text


def test_files_are_taken_only_where_a_page_asks_for_one(running: Running) -> None:
    coder = running.sign_in("first")
    before, after = form_with_file(token_of(coder, "/review"), "a.txt")
    for path in ("/review/undo", "/review/scheme/preview", "/review/sign-in"):
        answer = running.ask("POST", path, content=before + after, headers=FILES,
                             cookies=coder.cookies)  # fmt: skip
        assert answer.status_code == 415


def test_a_form_that_breaks_off_is_refused(running: Running) -> None:
    coder = running.sign_in("first")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=" + "x" * 300):
        answer = running.ask("POST", "/review/add", content=b"--a", headers={"content-type": kind},
                             cookies=coder.cookies)  # fmt: skip
        assert (answer.status_code, "did not arrive whole" in answer.text) == (400, True)


def test_forms_are_read_by_a_version_without_known_faults() -> None:
    assert tuple(map(int, version("python-multipart").split("."))) >= (0, 0, 27)


# Hosts


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:81", "localhost:80:443", ""]
)
@pytest.mark.parametrize("path", ["/", "/nl/", "/feed.atom", "/review/sign-in"])
def test_a_host_that_is_not_ours_is_refused(running: Running, host: str, path: str) -> None:
    assert running.ask("GET", path, headers={"host": host}).status_code == 400
    assert running.ask("GET", path, headers={"host": "127.0.0.1"}).status_code == 200


@pytest.mark.parametrize("target", ["http://evil.example/", "//", "//evil.example/x/", "evil"])
def test_the_address_of_another_site_leads_nowhere(running: Running, target: str) -> None:
    sent = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> None:
        scope = {
            "type": "http", "method": "GET", "path": target, "raw_path": target.encode(),
            "query_string": b"", "headers": [(b"host", b"localhost")], "http_version": "1.1",
            "scheme": "http", "server": ("localhost", 80), "client": ("127.0.0.1", 1),
        }  # fmt: skip
        await running.site.app()(scope, None, send)

    run_apart(ask())
    assert sent[0]["status"] == 400


def test_the_dutch_site_without_its_slash_keeps_the_filters(running: Running) -> None:
    answer = running.ask("GET", "/nl?role=weaver&count=studies")
    assert answer.headers["location"] == "/nl/?role=weaver&count=studies"


def test_permanent_links_begin_with_the_public_address(small: Project) -> None:
    from pipeline.web.site_address import SiteAddress

    public = "https://evidence.example.org"
    site = Site(small, place=SiteAddress("http://127.0.0.1:8001", public))
    for host in ("127.0.0.1:8001", "LOCALHOST:8001", "evidence.example.org"):
        ask = {"headers": {"host": host}}
        for path in ("/feed.atom", "/about", "/study/berg2020", "/nl/feed.atom"):
            text = site.ask("GET", path, **ask).text
            assert public in text, path
            assert "localhost" not in text.lower()
            assert "127.0.0.1" not in text
    for host in ("evidence.example.org:8001", "127.0.0.1:8002", "evil.example"):
        assert site.ask("GET", "/about", headers={"host": host}).status_code == 400


def test_a_public_address_may_have_a_path(small: Project) -> None:
    from pipeline.web.site_address import SiteAddress

    site = Site(small, place=SiteAddress(public="https://example.org/maps"))
    home = site.get("/evidence").text  # asked for as /maps/evidence
    assert 'href="/maps/codebook"' in home
    assert 'href="/maps/nl/evidence"' in home
    assert 'href="/maps/nl/codebook"' in site.get("/nl/evidence").text
    assert "https://example.org/maps/evidence" in site.get("/feed.atom").text
    assert site.ask("POST", "/nl/review/sign-in").status_code == 405


def test_a_new_link_is_never_made_from_the_request(project: Project) -> None:
    from pipeline.web.site_address import SiteAddress

    running = Running(
        project, place=SiteAddress("http://127.0.0.1:8002", "https://evidence.example.org")
    )
    running.visitor().post("/review/new-link", {"coder_name": "second"}, "/review/sign-in")
    public, here = running.said
    assert public.startswith("second: https://evidence.example.org/review/sign-in?token=")
    assert here.startswith("second: http://127.0.0.1:8002/review/sign-in?token=")


def test_settings_and_options_of_addresses_are_checked(evidence: Evidence, small: Project) -> None:
    for wrong in ("evidence.example.org", "ftp://a", "https://me@a.org", "https://a.org/?x=1"):
        found = evidence("serve", small, "--no-open", "--public-url", wrong)
        assert (found.exit_code, wrong in found.output) == (2, True)
    found = evidence("review", small, "--coder", "first", "--no-open", "--proxy", "nginx")
    assert (found.exit_code, "nginx" in found.output) == (2, True)
    settings = small.corpus / "settings.yml"
    settings.write_text("public_url: evidence.example.org\nproxies: [10.0.0.0/8, nginx]\n")
    said = evidence("check", small).output
    assert "settings.yml:1: error" in said
    assert "settings.yml:2: error" in said


def test_commands_use_the_public_address_of_the_settings(
    evidence: Evidence, small: Project
) -> None:
    (small.corpus / "settings.yml").write_text("public_url: https://evidence.example.org/\n")
    assert "https://evidence.example.org" in evidence("cite", small, "--database").output
    other = evidence("cite", small, "--database", "--address", "https://other.example.org").output
    assert "https://other.example.org" in other
    assert "https://evidence.example.org" not in other
    exported = evidence("export", small, "--format", "skos").output
    assert "https://evidence.example.org/code/" in exported


# Signing in and out


def passwords(running: Running, now: list[float]) -> None:
    running.review.accounts = Accounts(
        attempts=Attempts(clock=lambda: now[0]),
        passwords=Passwords({"first": hash_password("correct horse")}),
    )


def sign_in(running: Running, name: str, word: str, address: str = "192.0.2.1") -> Any:
    """Somebody at an address sends name and password."""

    async def call() -> Any:
        transport = httpx.ASGITransport(app=running.site.app(), client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            data = {"name": name, "password": word}
            return await client.post("/review/sign-in", data=data)

    return run_apart(call())


def test_a_stranger_locks_nobody_out(running: Running) -> None:
    now = [0.0]
    passwords(running, now)
    for _ in range(60):
        assert sign_in(running, "first", "guess", "203.0.113.9").status_code in (403, 429)
    assert sign_in(running, "first", "correct horse", "203.0.113.9").status_code == 429
    assert sign_in(running, "first", "correct horse", "192.0.2.1").status_code == 303


def test_guessing_gets_slow_and_is_never_locked(running: Running) -> None:
    now = [0.0]
    passwords(running, now)
    pauses = []
    for _ in range(12):
        while (answer := sign_in(running, "first", "guess")).status_code == 429:
            pauses.append(int(answer.headers["retry-after"]))
            assert f"in {pauses[-1]} s" in answer.text
            now[0] += pauses[-1]
        assert answer.status_code == 403
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert sign_in(running, "first", "correct horse").status_code == 429
    now[0] += 30
    assert sign_in(running, "first", "correct horse").status_code == 303
    assert sign_in(running, "first", "guess").status_code == 403


def test_names_are_cut_before_they_are_counted(running: Running) -> None:
    passwords(running, [0.0])
    answers = [sign_in(running, "x" * 200 + str(n), "guess").status_code for n in range(6)]
    assert answers == [403] * 5 + [429]


def test_looking_at_a_link_does_not_use_it_up(running: Running) -> None:
    path = f"/review/sign-in?token={running.review.accounts.links.make('first')}"
    for method in ("HEAD", "OPTIONS", "HEAD"):
        answer = running.ask(method, path)
        assert answer.status_code in (200, 204)
        assert "ds_actor" not in answer.cookies
    assert running.ask("GET", path).status_code == 303


def test_signing_out_ends_the_session_for_every_copy_of_it(project: Project) -> None:
    def started() -> Running:
        running = Running(project)
        running.review = Review(
            open_desk(project), Accounts.of(project), lambda said: running.said.append(said)
        )
        running.site = make_review(project, running.review, "a secret that stays")
        return running

    running = started()
    coder, elsewhere = running.sign_in("first"), running.sign_in("first")
    copy = CoderSession(running, dict(coder.cookies))
    assert copy.get("/review").status_code == 200
    assert coder.post("/review/sign-out", {}, "/review").status_code == 303
    assert copy.get("/review").headers["location"] == "/review/sign-in"
    assert copy.get("/review/orphans").status_code == 403
    assert elsewhere.get("/review").status_code == 200
    again = started()
    assert CoderSession(again, copy.cookies).get("/review").status_code == 303
    assert CoderSession(again, elsewhere.cookies).get("/review").status_code == 200


def test_a_damaged_list_of_ended_sessions_keeps_what_can_be_read(project: Project) -> None:
    file = project.cache / "review" / "signed-out.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"half a line\n\xff\xfe\nended 99999999999\n \n")
    ended = Accounts.of(project).ended
    assert ("ended" in ended, "half" in ended) == (True, False)


def test_a_password_file_that_is_no_text_is_refused(
    evidence: Evidence, project: Project, tmp_path: Path
) -> None:
    file = tmp_path / "passwords"
    file.write_bytes(b"\xff\xfe")
    file.chmod(0o600)
    found = evidence("review", project, "--team", "--passwords", str(file), "--no-open")
    assert (found.exit_code, "it is no text" in found.output) == (1, True)


def test_a_project_without_metadata_is_told_so(evidence: Evidence, small: Project) -> None:
    small.metadata.unlink()
    for command in (("serve",), ("review", "--coder", "first")):
        found = evidence(command[0], small, *command[1:], "--no-open", "--port", "0")
        assert found.exit_code == 1
        assert "datasette_metadata.yml: error: this file is missing" in found.output


def at_a_terminal(command: str) -> str:
    """What a command says there that asks for a password twice."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv("/bin/sh", ["sh", "-c", command])
    said = b""
    for _ in range(2):
        while not said.endswith(b": "):
            assert select.select([terminal], [], [], 60)[0], said
            said += os.read(terminal, 1)
        os.write(terminal, b"secret word\n")
        said += os.read(terminal, 1)
    os.waitpid(child, 0)
    os.close(terminal)
    return said.decode()


def test_the_prompts_of_a_password_do_not_land_in_its_file(
    evidence: Evidence, project: Project, tmp_path: Path
) -> None:
    file = tmp_path / "passwords"
    said = at_a_terminal(
        f"{sys.executable} -m pipeline.commands.evidence review password first >> {file}"
    )
    assert "Password: " in said
    assert "Repeat for confirmation: " in said
    (line,) = file.read_text().splitlines()
    assert line.startswith("first:$argon2id$v=19$m=65536,t=3,p=4$")
    file.write_text(line)
    file.chmod(0o644)
    found = evidence("review", project, "--team", "--passwords", str(file), "--no-open")
    assert (found.exit_code, "chmod 600" in found.output) == (1, True)
    given = "secret word\nsecret word\n"
    for name in ("second", "third"):
        asked = ["review", "password", name, "--file", str(file)]
        made = CliRunner().invoke(app, asked, input=given)
        assert made.exit_code == 0
        assert "$argon2" not in made.output
    assert file.stat().st_mode & 0o777 == 0o600
    names = [text.partition(":")[0] for text in file.read_text().splitlines()]
    assert names == ["first", "second", "third"]


# The whole of it, over a network


@pytest.fixture(scope="module")
def served(built_small: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Addresses of teams that review by command, each with other options."""
    folder = tmp_path_factory.mktemp("served")
    project = Project(Path(shutil.copytree(built_small.root, folder / "small")))
    file = folder / "passwords"
    file.write_text(f"first:{hash_password('correct horse')}\n")
    file.chmod(0o600)
    processes = []

    @cache
    def address(*options: str) -> str:
        command = [sys.executable, "-m", "pipeline.cli", "review", "--team", "--passwords",
                   str(file), "--port", "0", "--no-open", "-C", str(project.root)]  # fmt: skip
        process = subprocess.Popen(
            [*command, *options],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        processes.append(process)
        assert process.stdout
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        return found[0]

    yield address
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_only_proxies_that_were_named_are_believed(served: Any) -> None:
    def cookie(address: str) -> str:
        data = {"name": "first", "password": "correct horse"}
        headers = {"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7"}
        answer = httpx.post(f"{address}/review/sign-in", data=data, headers=headers, timeout=60)
        assert answer.status_code == 303
        return answer.headers["set-cookie"].lower()

    assert "secure" not in cookie(served())
    assert "secure" in cookie(served("--proxy", "127.0.0.1"))


@pytest.mark.slow
def test_visitors_behind_a_named_proxy_are_told_apart(served: Any) -> None:
    address = served("--proxy", "127.0.0.0/8")

    def attempt(visitor: str, word: str) -> int:
        data = {"name": "first", "password": word}
        headers = {"x-forwarded-for": f"10.9.9.9, {visitor}"}
        return httpx.post(
            f"{address}/review/sign-in", data=data, headers=headers, timeout=60
        ).status_code

    # A slow machine may guess more often before it has to wait.
    assert 429 in (attempt("203.0.113.9", "guess") for _ in range(12))
    assert attempt("192.0.2.1", "correct horse") == 303


@pytest.mark.slow
def test_a_body_that_never_ends_is_cut_off(served: Any) -> None:
    address = served()

    def endless() -> Iterator[bytes]:
        for _ in range(5000):
            yield b"a" * BLOCK

    try:
        answer = httpx.post(
            f"{address}/review/sign-in", content=endless(), headers=FORM, timeout=60
        )
        assert answer.status_code == 413
    except (httpx.WriteError, httpx.ReadError):
        pass  # the connection was closed before all was sent
    assert httpx.get(f"{address}/about", timeout=60).status_code == 200
    for host, status in (("evil.example", 400), (address.removeprefix("http://"), 200)):
        found = httpx.get(f"{address}/about", headers={"host": host}, timeout=60)
        assert found.status_code == status

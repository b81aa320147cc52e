"""A language model as a reader, over a real server that speaks the protocol: well, badly, or not."""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipeline.build.recipe import build
from pipeline.desk.learning import endpoint_client
from pipeline.desk.learning.asking import prepare_asking
from pipeline.ground.project import Project
from pipeline.model.passages import digest_of
from tests.conftest import ROOT, Evidence

Reply = tuple[int, str]  # status and content of the message, or body where the status is not 200


@pytest.fixture
def evidence(evidence: Evidence) -> Evidence:
    """In a thread of its own: a browser of other tests may keep a loop running in this one."""

    def run(*arguments: Any, **more: Any) -> Any:
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(evidence, *arguments, **more).result()

    return run


CODES = {"weaver": 12, "judge": 91, "scribe": 0}


def answer(words: str = "", **codes: int) -> Reply:
    said = {"codes": {**CODES, **codes}, "words": {"judge": words} if words else {}}
    return 200, json.dumps(said)


class Server:
    """Answers every question by a function of it, and remembers what it was asked."""

    def __init__(self, reply: Callable[[dict[str, Any], int], Reply]) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/chat/completions"
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(question)
                server.headers.append(dict(self.headers))
                status, content = reply(question, len(server.asked))
                body = content
                if status == 200:
                    message = {"role": "assistant", "content": content}
                    body = json.dumps({"choices": [{"index": 0, "message": message}]})
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://192.0.2.1/v1/chat/completions")
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):
                    self.wfile.write(body.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def passages(self) -> list[str]:
        found = [question["messages"][1]["content"] for question in self.asked]
        return [text.removeprefix("<passage>").removesuffix("</passage>") for text in found]

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


Serve = Callable[..., Server]


@pytest.fixture
def serve(small: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """A server that the small project's settings name."""
    monkeypatch.setattr(endpoint_client, "PAUSE", 0)
    servers: list[Server] = []

    def start(reply: Callable[[dict[str, Any], int], Reply], **settings: Any) -> Server:
        servers.append(Server(reply))
        choose(small, address=servers[-1].address, **settings)
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def choose(project: Project, **settings: Any) -> None:
    settings = {"model": "tiny:1b", **settings}
    lines = "".join(f"  {name}: {json.dumps(value)}\n" for name, value in settings.items())
    project.tagger.write_text(f"readers: [words, endpoint]\nendpoint:\n{lines}")


def kept(project: Project) -> list[dict[str, str]]:
    paths = list(project.readings.glob("role-*.csv"))
    return [row for path in paths for row in csv.DictReader(path.open())]


def codings(project: Project) -> dict[str, float]:
    with sqlite3.connect(project.database) as connection:
        sql = "SELECT unit, score FROM suggestion WHERE code = 'judge'"
        return dict(connection.execute(sql).fetchall())


def texts(project: Project) -> list[str]:
    from pipeline.sources.corpus import read_corpus

    found = read_corpus(project).documents
    return [passage.text for document in found for passage in document.passages]


def test_what_a_model_said_is_kept_and_a_build_needs_no_model(
    small: Project, evidence: Evidence, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:1")  # what stays here passes no proxy
    monkeypatch.setenv("SECRET", "s3cret")
    server = serve(lambda question, _: answer(words_in(question)), key="SECRET", parallel=2)
    result = evidence("read", small)
    assert result.exit_code == 0, result.output
    assert f"{len(texts(small))} answered now, 0 before" in result.stdout
    assert sorted(server.passages) == sorted(texts(small))
    told = server.asked[0]
    assert (told["model"], told["temperature"]) == ("tiny:1b", 0)
    assert told["response_format"] == {"type": "json_object"}
    assert "## weaver (Weaver)\nBrings parties together." in told["messages"][0]["content"]
    assert {headers["Authorization"] for headers in server.headers} == {"Bearer s3cret"}
    server.stop()
    rows = {row["text"]: row for row in kept(small)}
    for text in texts(small):
        first = text.split()[0]
        row = rows[digest_of(text)]
        assert (row["scores"], row["words"]) == (
            "judge=0.91;scribe=0;weaver=0.12",
            f"judge=0-{len(first)}",
        )
    (note,) = small.readings.glob("role-*.md")
    assert told["messages"][0]["content"] in note.read_text()
    build(small)
    data = small.database.read_bytes()
    assert set(codings(small).values()) == {0.91}
    assert len(codings(small)) >= len(texts(small)) - 1
    shutil.rmtree(small.cache)
    small.database.unlink()
    build(small)
    assert small.database.read_bytes() == data
    said = evidence("suggest", small, "-", "--format", "jsonl", given=texts(small)[0])
    (line,) = json.loads(said.stdout)["suggestions"]
    assert (line["code"], line["score"], line["spans"]) == (
        "judge",
        0.91,
        [[0, len(texts(small)[0].split()[0])]],
    )
    assert line["indicators"][0].startswith("tiny:1b ")


def words_in(question: dict[str, Any]) -> str:
    return str(question["messages"][1]["content"].removeprefix("<passage>").split()[0])


def test_rubbish_is_asked_again_and_told_what_was_wrong(
    small: Project, evidence: Evidence, serve: Serve
) -> None:
    bad = [
        (200, "I think it is a judge."),
        (200, json.dumps({"codes": {**CODES, "judge": 400}})),
        (200, json.dumps({"codes": {"judge": 1}})),
        (200, json.dumps({"codes": {**CODES, "king": 1}})),
        (200, '<think>{"codes": {}}</think>```json\n' + answer()[1] + "\n```"),
    ]
    server = serve(lambda _, turn: bad[turn - 1] if turn <= 5 else answer(), tries=5)
    assert evidence("read", small, "--limit", "1").exit_code == 0
    assert [row["scores"] for row in kept(small)] == ["judge=0.91;scribe=0;weaver=0.12"]
    faults = [question["messages"][-1]["content"] for question in server.asked[1:]]
    for fault, expected in zip(
        faults,
        [
            "no JSON object",
            "codes.judge Input should be less",
            "no number for",
            "no such code: king",
        ],
        strict=True,
    ):
        assert f"That was no valid answer: {expected}" in fault
    assert server.asked[4]["messages"][2] == {"role": "assistant", "content": bad[3][1]}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, "no idea"), "no JSON object"),
        ((500, "out of memory"), "the server answered 500"),
        ((429, "slower"), "the server answered 429"),
    ],
)
def test_a_passage_that_is_not_answered_is_told_and_asked_next_time(
    small: Project, evidence: Evidence, serve: Serve, reply: Reply, reason: str
) -> None:
    wrong = texts(small)[1]
    served = {"well": False}

    def some(question: dict[str, Any], _: int) -> Reply:
        failing = wrong in question["messages"][1]["content"] and not served["well"]
        return reply if failing else answer()

    server = serve(some, tries=2)
    result = evidence("read", small)
    assert result.exit_code == 1
    assert f"Not answered: 1 ({reason})" in result.stderr
    assert digest_of(wrong) not in {row["text"] for row in kept(small)}
    assert len(kept(small)) == len(texts(small)) - 1
    served["well"] = True
    before = len(server.asked)
    assert evidence("read", small).exit_code == 0
    assert server.passages[before:] == [wrong]


def test_a_server_that_always_fails_is_left_alone(
    small: Project, evidence: Evidence, serve: Serve
) -> None:
    server = serve(lambda *_: (503, "loading"), tries=1)
    result = evidence("read", small)
    assert result.exit_code == 1
    assert "5 passages in a row were not answered: the server answered 503" in result.stderr
    assert len(server.asked) == 5
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("status", "body"), [(401, "no such key"), (404, "model 'tiny:1b' not found"), (302, "")]
)
def test_what_no_second_try_mends_ends_it(
    small: Project, evidence: Evidence, serve: Serve, status: int, body: str
) -> None:
    server = serve(lambda *_: (status, body))
    result = evidence("read", small)
    assert result.exit_code == 1
    assert f"{server.address} answered {status}: {body}" in result.stderr
    assert len(server.asked) == 1


def test_slow_and_absent_servers(small: Project, evidence: Evidence, serve: Serve) -> None:
    def slow(*_: Any) -> Reply:
        time.sleep(1)
        return answer()

    server = serve(slow, timeout=0.2, tries=1)
    result = evidence("read", small, "--limit", "1")
    assert result.exit_code == 1
    assert "Not answered: 1 (no answer within 0.2 seconds)" in result.stderr
    server.stop()
    result = evidence("read", small)
    assert f"No server answers at {server.address}" in result.stderr
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "address",
    ["https://models.example.org/v1", "http://10.0.0.7/v1", "http://localhost.evil.nl/v1"],
)
def test_another_machine_gets_nothing_unasked(
    small: Project, evidence: Evidence, address: str
) -> None:
    small.fulltext.mkdir(exist_ok=True)
    (small.fulltext / "berg2020.txt").write_text("The board brought every bank to its table.\n")
    choose(small, address=address)
    result = evidence("read", small)
    assert result.exit_code == 1
    assert "coding/tagger.yml: error: endpoint: Value error" in result.stderr
    assert f"{address} is another machine" in result.stderr
    choose(small, address=address, elsewhere=True)
    told: list[str] = []
    asking = prepare_asking(small, tell=told.append)
    sent = {text for _, text in asking.texts.values()}
    assert sent == set(texts(small)) - {"The board brought every bank to its table."}
    assert told == ["corpus/fulltext/berg2020.txt stays here: 'full_texts: true' would send it."]
    choose(small, address=address, elsewhere=True, full_texts=True)
    assert len(prepare_asking(small).texts) == len(sent) + 1


def test_an_interruption_loses_nothing(small: Project, serve: Serve) -> None:
    stuck = threading.Event()

    def reply(_: dict[str, Any], turn: int) -> Reply:
        if turn == 3:
            stuck.set()
            time.sleep(3)
        return answer()

    server = serve(reply)
    command = [sys.executable, "-m", "pipeline.cli", "read", "--project", str(small.root)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert stuck.wait(60)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "What was answered is kept" in said
    assert "Traceback" not in said
    assert len(kept(small)) == 2
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    assert sorted(row["text"] for row in kept(small)) == sorted(map(digest_of, texts(small)))
    assert len(server.asked) == 3 + len(texts(small)) - 2


def test_examples_that_measure_are_read_too(
    small: Project, evidence: Evidence, serve: Serve
) -> None:
    folder = small.examples / "role"
    folder.mkdir(parents=True)
    (folder / "en.csv").write_text(
        "group,language,set,codes,second,text\n"
        "a,en,held,judge,judge,They settled a quarrel.\n"
        "b,en,learn,none,,They ate.\n"
        "dig-1,en,learn,none,,They met.\n"
    )
    server = serve(lambda *_: answer())
    small.tagger.write_text(small.tagger.read_text() + "natural: [dig]\n")
    assert evidence("read", small, "--examples").exit_code == 0
    assert sorted(server.passages) == ["They met.", "They settled a quarrel."]


def test_new_answers_are_in_the_next_build(
    small: Project, evidence: Evidence, serve: Serve
) -> None:
    serve(lambda *_: answer())
    for limit, count in (("1", 1), ("99", len(texts(small)))):
        assert evidence("read", small, "--limit", limit).exit_code == 0
        build(small)
        assert list(codings(small).values()).count(0.91) == count


def test_another_codebook_is_another_reader(
    small: Project, evidence: Evidence, serve: Serve
) -> None:
    serve(lambda *_: answer())
    evidence("read", small)
    small.scheme.write_text(small.scheme.read_text().replace("Brings parties", "Joins parties"))
    result = evidence("build", small)
    assert "tiny:1b has not read for role by this codebook" in result.stderr
    assert 0.91 not in codings(small).values()
    asking = prepare_asking(small)
    assert (len(asking.texts), asking.before) == (len(texts(small)), 0)


def test_faults_of_kept_answers_are_told_by_line(
    small: Project, evidence: Evidence, serve: Serve
) -> None:
    serve(lambda *_: answer())
    evidence("read", small)
    (path,) = small.readings.glob("role-*.csv")
    with path.open("a") as file:
        file.write("yesterday,abc,judge=7,judge=x\n")
    result = evidence("check", small)
    name, line = path.relative_to(small.root), len(texts(small)) + 2
    for kind in ("bad-time", "bad-text", "bad-scores", "bad-words"):
        assert f"[{kind}]" in result.stdout
    assert f"{name}:{line}: error: scores 'judge=7'" in result.stdout


def test_settings_that_are_missing(small: Project, evidence: Evidence) -> None:
    result = evidence("read", small)
    assert "coding/tagger.yml names no endpoint" in result.stderr
    small.tagger.write_text("readers: [endpoint]\n")
    result = evidence("check", small)
    assert "endpoint.address: Field required" in result.stdout
    choose(small, address="http://127.0.0.1:9/v1", key="NO_SUCH_VARIABLE")
    result = evidence("read", small)
    assert result.exit_code == 1
    assert "NO_SUCH_VARIABLE, which should hold the key, is not set" in result.stderr

"""Who gets in: links and passwords at moments of a clock that stands still."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.desk.review.accounts import (
    Accounts,
    Attempts,
    Ended,
    Links,
    Passwords,
    add_password,
    hash_password,
    read_passwords,
)
from pipeline.ground.problems import InputError
from pipeline.ground.project import Project

MINUTE = 60.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_link_signs_in_once_and_for_a_quarter_of_an_hour(clock: Clock) -> None:
    links = Links(clock)
    first, second = links.make("first"), links.make("second")
    assert len(first) == len(second) == 32
    assert links.use("") is None
    assert links.use(first) == "first"
    assert links.use(first) is None
    clock.now += 15 * MINUTE
    assert links.use(second) == "second"
    old = links.make("first")
    clock.now += 15 * MINUTE + 1
    assert links.use(old) is None
    # Others that have not got too old stay when one is made; what has is forgotten.
    links.make("third")
    clock.now += 15 * MINUTE
    links.make("fourth")
    assert [coder for coder, _ in links._open.values()] == ["third", "fourth"]
    clock.now += 1
    links.make("fifth")
    assert [coder for coder, _ in links._open.values()] == ["fourth", "fifth"]


def guess(attempts: Attempts, name: str = "first", address: str = "here") -> float:
    with attempts.turn(name, address) as wait:
        return wait


def test_guessing_gets_slow_for_a_name_from_an_address(clock: Clock) -> None:
    attempts = Attempts(clock)
    assert [guess(attempts) for _ in range(6)] == [0.0] * 5 + [1.0]
    assert guess(attempts) == 1.0  # to ask again is no guess
    assert guess(attempts, "second") == guess(attempts, "first", "there") == 0.0
    waits = []
    for _ in range(8):
        waits.append(guess(attempts))
        clock.now += waits[-1]
        assert guess(attempts) == 0.0
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    clock.now += 12.5
    assert guess(attempts) == 17.5
    clock.now += 15 * MINUTE - 12.5 - 1
    assert guess(attempts) == 0.0  # long waited for, and not forgotten
    assert guess(attempts) == 30.0
    clock.now += 15 * MINUTE
    assert [guess(attempts) for _ in range(6)] == [0.0] * 5 + [1.0]


def test_the_right_password_forgets_the_wrong_ones(clock: Clock) -> None:
    attempts = Attempts(clock)
    for name in ("first", "x" * 201):
        for _ in range(5):
            guess(attempts, name)
        assert guess(attempts, name) == guess(attempts, name[:200]) == 1.0
        attempts.right(name, "there")
        assert guess(attempts, name) == 1.0
        attempts.right(name, "here")
        assert guess(attempts, name) == 0.0
    attempts.right("nobody", "here")


def test_an_address_tries_one_at_a_time(clock: Clock) -> None:
    attempts = Attempts(clock)
    with attempts.turn("first", "here") as wait:
        assert wait == 0.0
        assert guess(attempts, "second") == 1.0
        assert guess(attempts, "second", "there") == 0.0
    assert guess(attempts, "second") == 0.0
    with pytest.raises(KeyError), attempts.turn("first", "here"):
        raise KeyError
    assert guess(attempts) == 0.0


def test_who_signed_out_stays_out_as_long_as_the_session_would_have_lasted(
    clock: Clock, tmp_path: Path
) -> None:
    file = tmp_path / "review" / "out.txt"
    ended = Ended(file, clock)
    assert "one" not in ended
    ended.add("one", 100)
    clock.now += 50
    ended.add("two", 100)
    assert file.read_text() == "one 1100\ntwo 1150\n"
    again = Ended(file, clock)
    assert ("one" in again, "two" in again, "three" in again) == (True, True, False)
    clock.now += 50
    again.add("three", 0.4)
    assert file.read_text() == "two 1150\nthree 1100\n"
    assert ("one" in again, "two" in again) == (False, True)
    Ended(None, clock).add("one", 1)
    file.write_bytes("two 1150\nhalf\nbad 1²\nworse ٣\n".encode() + b"\xff 3\nlast 2\n")
    found = Ended(file, clock)
    assert [name for name in ("two", "half", "bad", "worse", "last") if name in found] == [
        "two", "last"
    ]  # fmt: skip
    assert Ended(tmp_path / "none.txt", clock)._until == {}


def test_those_of_a_project_stand_in_its_cache(tmp_path: Path) -> None:
    accounts = Accounts.of(Project(tmp_path))
    accounts.ended.add("one", 1e6)
    assert (Project(tmp_path).cache / "review" / "signed-out.txt").read_text().startswith("one ")
    assert accounts.passwords is None
    assert "one" in Accounts.of(Project(tmp_path)).ended
    assert "one" not in Accounts().ended


def test_a_password_fits_its_coder_alone() -> None:
    known = hash_password("correct horse")
    assert known.startswith("$argon2id$")
    passwords = Passwords({"first": known, "broken": "$argon2id$x", "plain": "word", "empty": ""})
    assert passwords.fits("first", "correct horse")
    for coder, word in (
        ("first", "wrong"), ("first", ""), ("second", "correct horse"), ("broken", "correct horse"),
        ("plain", "word"), ("empty", ""),
    ):  # fmt: skip
        assert passwords.fits(coder, word) is False


def test_a_line_is_added_to_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    add_password(file, "first:$argon2id$1")
    assert file.read_text() == "first:$argon2id$1\n"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("first:$argon2id$1")
    file.chmod(0o644)
    add_password(file, "second:$argon2id$2")
    add_password(file, "third:$argon2id$3")
    assert file.read_text() == "first:$argon2id$1\nsecond:$argon2id$2\nthird:$argon2id$3\n"
    assert file.stat().st_mode & 0o777 == 0o600


WORDS = {
    "nothing": ("no passwords given", "Name a file with --passwords, or set EVIDENCE_PASSWORDS."),
    "no-passwords": ("No such file or directory", "Make it with: evidence review password CODER"),
    "inside": (
        "it lies inside the project",
        "Keep it outside, so that it is never committed.",
    ),
    "readable": ("others can read it", "Keep it to yourself: chmod 600 {}"),
    "not-utf8": ("it is no text", "Make it anew with: evidence review password CODER"),
    "bad-hash": ("not coder:hash", "Make it with: evidence review password CODER"),
}


def told(project: Project, path: Path | None) -> list[tuple[int, str]]:
    with pytest.raises(InputError) as error:
        read_passwords(project, path)
    assert {item.path for item in error.value.problems} == {str(path or "EVIDENCE_PASSWORDS")}
    for item in error.value.problems:
        message, hint = WORDS[item.kind if item.line or path else "nothing"]
        assert (item.message, item.hint) == (message, hint.format(path))
    return [(item.line, item.kind) for item in error.value.problems]


def test_a_line_is_named_by_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text("first:$argon2id$a\n\nsecond:plain\n")
    file.chmod(0o600)
    assert told(Project(tmp_path / "project"), file) == [(3, "bad-hash")]


def test_where_passwords_are_read_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path / "project")
    project.root.mkdir()
    monkeypatch.delenv("EVIDENCE_PASSWORDS", raising=False)
    assert told(project, None) == [(0, "no-passwords")]
    monkeypatch.setenv("EVIDENCE_PASSWORDS", "first:$argon2id$a second:$argon2id$b:c")
    known = {"first": "$argon2id$a", "second": "$argon2id$b:c"}
    assert read_passwords(project, None).hashes == known
    file = tmp_path / "passwords"
    assert told(project, file) == [(0, "no-passwords")]
    file.write_text("first:$argon2id$a\n\nsecond:$argon2id$b:c\n")
    for mode in (0o600, 0o400):
        file.chmod(mode)
        assert read_passwords(project, file).hashes == known
    for mode in (0o640, 0o604, 0o620, 0o601):
        file.chmod(mode)
        assert told(project, file) == [(0, "readable")]
    file.write_text("first:$argon2id$a\nsecond:word\nthird$argon2id$c\n")
    assert told(project, file) == [(0, "readable"), (2, "bad-hash"), (3, "bad-hash")]
    file.chmod(0o600)
    file.write_bytes(b"first:\xff")
    assert told(project, file) == [(0, "not-utf8")]
    inside = project.root / "passwords"
    inside.write_text("first:$argon2id$a\n")
    inside.chmod(0o600)
    assert told(project, inside) == [(0, "inside")]
    assert told(project, tmp_path / ".." / tmp_path.name / "project" / "none") == [(0, "inside")]

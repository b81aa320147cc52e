"""A build spread over processes and over a Dask scheduler's workers: the same bytes, or a reason."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from pipeline.build import gathering
from pipeline.build.recipe import build
from pipeline.build.text_reading import Batch, ReadElsewhere
from pipeline.ground.problems import Mendable
from pipeline.ground.project import Project
from tests.conftest import Evidence

FULL_TEXT = (
    "The office brought the banks and farmers together in one room.\n\n"
    "Nobody else was asked. It settled the conflict between the two firms.\n"
)


@pytest.fixture
def texts(small: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Two digests, a batch each, and a full text; nothing of it read before."""
    small.fulltext.mkdir(exist_ok=True)
    (small.fulltext / "berg2020.txt").write_text(FULL_TEXT)
    monkeypatch.setattr(gathering, "SHARE", 1)
    return forgotten(small)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=":0"
    ) as cluster:
        yield cluster.scheduler_address


def forgotten(project: Project) -> Project:
    shutil.rmtree(project.cache)
    project.database.unlink()
    return project


def alone(project: Project) -> bytes:
    build(project)
    data = project.database.read_bytes()
    forgotten(project)
    return data


def not_here(*_: Any) -> Any:
    raise AssertionError("read by this process")


@pytest.mark.parametrize("how", ["--workers", "--dask"])
def test_the_same_bytes_come_from_elsewhere(
    texts: Project,
    scheduler: str,
    how: str,
    evidence: Evidence,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = alone(texts)
    monkeypatch.setattr(gathering, "read_batch", not_here)
    result = evidence("build", texts, how, {"--workers": "2", "--dask": scheduler}[how])
    assert result.exit_code == 0, result.output
    assert "2 studies, 8 passages (8 tagged now)" in result.stdout
    assert texts.database.read_bytes() == expected


def test_what_was_finished_before_an_interruption_is_kept(
    texts: Project, evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = alone(texts)
    whole = gathering.read_by

    def interrupted(*given: Any) -> Any:
        for number, item in enumerate(whole(*given)):
            if number == 2:
                raise KeyboardInterrupt
            yield item

    monkeypatch.setattr(gathering, "read_by", interrupted)
    assert evidence("build", texts, "--workers", "2").exit_code == 130
    monkeypatch.setattr(gathering, "read_by", whole)
    result = evidence("build", texts, "--workers", "2")
    left = {"(2 tagged now)", "(3 tagged now)"}  # of three batches, the one that came last
    assert any(words in result.stdout for words in left), result.stdout
    assert texts.database.read_bytes() == expected


def test_a_scheduler_that_is_none(texts: Project, evidence: Evidence, monkeypatch: Any) -> None:
    monkeypatch.setattr("pipeline.build.spreading.PATIENCE", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    result = evidence("build", texts, "--dask", address)
    assert result.exit_code == 1
    assert f"No Dask scheduler answers at {address}" in result.stderr
    assert "Traceback" not in result.output
    assert not texts.database.exists()


def test_a_scheduler_without_workers(texts: Project, evidence: Evidence) -> None:
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=0, processes=False, protocol="tcp", dashboard_address=":0"
    ) as cluster:
        result = evidence("build", texts, "--dask", cluster.scheduler_address)
    assert result.exit_code == 1
    assert "has no workers" in result.stderr


def test_a_worker_that_has_something_else(texts: Project, tmp_path: Path) -> None:
    batch = Batch((), (), {})
    with pytest.raises(Mendable, match="another version"):
        ReadElsewhere(texts.root, "elsewhere")(batch)
    with pytest.raises(Mendable, match=r"cannot read the project in .*nowhere"):
        ReadElsewhere(tmp_path / "nowhere", "elsewhere", far=True)(batch)

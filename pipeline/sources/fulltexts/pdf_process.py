"""A process that works on PDFs for this one, which it cannot harm: it ends alone."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from threading import Timer
from time import monotonic
from typing import IO, Any, Self
from weakref import finalize

import msgspec

from pipeline.sources.fulltexts.pdf_frames import Request, read_frame, write_frame

_MODULE = "pipeline.sources.fulltexts.pdf_worker"
_HAD_ITS_SHARE = -getattr(signal, "SIGXCPU", 0)  # of the processor


class Lost(Exception):
    """The process ended before it answered; why: 'slow' or 'broken'."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class PdfProcess:
    """A process begun when it is asked, and anew after it was lost; ended with this object."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._end: finalize[Any, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def ask(self, request: Request) -> None:
        """Ask for something, when all answers to what was asked before are there. Raises Lost."""
        if self._process is None:
            pipe, none = subprocess.PIPE, subprocess.DEVNULL
            # -P: no module of the folder where somebody stands, which may be a stranger's project.
            command = [sys.executable, "-P", "-m", _MODULE]
            try:
                self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=none)
            except OSError:
                raise Lost("broken") from None
            self._end = finalize(self, _ended, self._process)
        try:
            write_frame(_pipe(self._process.stdin), msgspec.msgpack.encode(request))
        except OSError:
            self.close()
            raise Lost("broken") from None

    def answer(self, patience: float) -> bytes:
        """The next answer, within so many seconds. Raises Lost."""
        process = self._process
        if process is None:
            raise Lost("broken")
        start, timer = monotonic(), Timer(patience, process.kill)
        timer.start()
        try:
            found = read_frame(_pipe(process.stdout))
        finally:
            timer.cancel()
        if found is None:
            self.close()
            late = monotonic() - start >= patience or process.returncode == _HAD_ITS_SHARE
            raise Lost("slow" if late else "broken")
        return found

    def close(self) -> None:
        """End the process, if there is one."""
        if self._end is not None:
            self._end()
        self._process = self._end = None


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    with contextlib.suppress(OSError):
        process.communicate()

"""Pages of PDFs as they are drawn, each once: in `.cache/pages/`, up to a limit."""

from __future__ import annotations

import contextlib
import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from pipeline.ground.caches import keep, state_of
from pipeline.sources.fulltexts.pdf_frames import Request
from pipeline.sources.fulltexts.pdf_process import Lost, PdfProcess

WIDTHS = (800, 1600)  # pixels of pictures, for plain and for sharp screens
LETTERS = 0  # instead of a width: the letters and where they stand
PATIENCE = 15  # seconds for a page
ROOM = 200_000_000  # bytes that are kept
FAULTS = 1000  # remembered
_AT_ONCE = 2


class Undrawable(Exception):
    """A page that cannot be drawn; why: 'slow' or 'broken'."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class KeptPages:
    """Pages of PDFs, drawn by two processes, which may crash or hang and are begun anew then.

    What cannot be drawn is not tried again while this lasts, unless its file changes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(_AT_ONCE, "pages")
        self._idle = [PdfProcess() for _ in range(_AT_ONCE)]  # the last was at work last
        self._lock = Lock()
        self._running: dict[Path, Future[bytes]] = {}
        self._faults: dict[Path, str] = {}

    def drawn(self, path: Path, number: int, width: int = LETTERS) -> Future[bytes]:
        """A page as a PNG of one of the WIDTHS, or its LETTERS as JSON. Raises Undrawable."""
        file = self._folder / f"{_digest(path)}-{number}-{width}"
        with self._lock:
            if file in self._running:
                return self._running[file]
            future: Future[bytes] = Future()
            if why := self._faults.get(file):
                future.set_exception(Undrawable(why))
                return future
            with contextlib.suppress(OSError):
                future.set_result(file.read_bytes())
                return future
            future = self._running[file] = self._pool.submit(self._draw, file, path, number, width)
            return future

    def _draw(self, file: Path, path: Path, number: int, width: int) -> bytes:
        process = self._idle.pop()
        try:
            data = _asked(process, path, number, width)
            with contextlib.suppress(OSError):  # no room; it is drawn again then
                keep(file, data, ROOM)
            return data
        except Undrawable as fault:
            with self._lock:
                if len(self._faults) >= FAULTS:
                    self._faults.clear()
                self._faults[file] = fault.why
            raise
        finally:
            self._idle.append(process)
            with self._lock:
                del self._running[file]


def _digest(path: Path) -> str:
    """The name of a file in the state in which it is."""
    told = f"{path}\n{state_of(path)}"
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _asked(process: PdfProcess, path: Path, number: int, width: int) -> bytes:
    request = Request("picture" if width else "letters", str(path), number, width=width)
    kept = process.is_running
    try:
        process.ask(request)
        found = process.answer(PATIENCE)
    except Lost as lost:
        if kept and lost.why == "broken":  # by what it did before, maybe
            return _asked(process, path, number, width)
        raise Undrawable(lost.why) from None
    if not found:
        raise Undrawable("broken")
    return found

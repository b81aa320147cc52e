"""Work spread over processes of this machine, or over the workers of a Dask scheduler."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.ground.problems import Mendable

PATIENCE = 20  # seconds until a scheduler must have answered
_AGAIN = "What was finished is kept: the same command goes on from there."


@dataclass(frozen=True, slots=True)
class Spread:
    """Over how many processes of this machine, or over which scheduler's workers."""

    workers: int = 1
    dask: str = ""

    def __bool__(self) -> bool:
        return self.workers > 1 or bool(self.dask)

    @contextmanager
    def executor(self) -> Iterator[Executor]:
        """Where work is handed in. Raises Mendable where that cannot be, or is lost."""
        with _on_dask(self.dask) if self.dask else _here(self.workers) as executor:
            yield executor


ALONE = Spread()


@contextmanager
def _here(workers: int) -> Iterator[Executor]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, get_context("spawn"), _undisturbed)
    try:
        yield pool
    except BrokenExecutor:
        reason = "A process ended before its work was done; perhaps there is too little memory."
        raise Mendable([reason, f"Try fewer with --workers. {_AGAIN}"]) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _undisturbed() -> None:
    """Whoever interrupts the command interrupts it alone; it ends its processes itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _on_dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise Mendable(["Dask is not installed: pip install '.[dask]'."]) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = f"No Dask scheduler answers at {address}: {error}."
        raise Mendable([reason, "Its address looks like tcp://127.0.0.1:8786."]) from None
    try:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            reason = f"The scheduler at {address} has no workers."
            raise Mendable([f"{reason} Start some: dask worker {address} --nthreads 1."])
        yield client.get_executor()
    except ModuleNotFoundError as error:
        reason = f"Workers of {address} cannot run it: {error}."
        raise Mendable([f"{reason} Install this package there too."]) from None
    except (KilledWorker, CommClosedError, CancelledError) as error:
        reason = f"The workers of {address} were lost ({type(error).__name__})."
        raise Mendable([f"{reason} {_AGAIN}"]) from None
    finally:
        client.close()

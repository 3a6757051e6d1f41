"""Real worker and beat processes of a house under test, to be killed at will."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from office.settings import Settings

ROOT = Path(__file__).parents[2]


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """What the processes of this house find in their environment."""
    named = {
        "VAR_DIR": str(settings.var_dir),
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "FORM_SECONDS": str(settings.form_seconds),
        "BASE_URL": settings.base_url,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "STATISTICS_URL": settings.statistics_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "SMTP_URL": settings.smtp_url.get_secret_value(),
        "PORT": str(settings.port),
    }
    clean = {name: value for name, value in os.environ.items() if name not in named and name != "DEMO"}
    return {**clean, **{name: value for name, value in named.items() if value}, **more}


class Process:
    """`sprechstunde NAME` as a process of its own; what it says goes to a file."""

    def __init__(self, name: str, settings: Settings, **more: str) -> None:
        self.name, self.environment = name, environment(settings, **more)
        self.log = settings.var_dir / f"{name}.log"
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "sprechstunde", self.name],
                env=self.environment,
                stderr=log,
                stdout=log,
                cwd=ROOT,
            )

    def kill(self) -> None:
        """kill -9: no signal handler, no finally."""
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def stop(self) -> None:
        """Politely; what is in hand is finished."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """These processes run inside the block."""
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.stop()


def until(seconds: float) -> Iterator[float]:
    """Moments to look again, for so long."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        yield left
        time.sleep(0.1)

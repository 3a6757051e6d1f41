"""Settings → databases → site → workers: what belongs together is put together here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, TypeVar

from office import catalogues, closing_days, database, upgrade, wake
from office.settings import Settings

T = TypeVar("T")
ROOMS = {database.MAIN: ["office", "inquiries", "booking", "channels"], database.STATISTICS: ["figures"]}


def databases(settings: Settings) -> dict[str, Any]:
    """Tortoise's configuration of both databases with all rooms."""
    return database.config(settings, ROOMS)


def opened(settings: Settings) -> AbstractAsyncContextManager[None]:
    """Both databases, open inside the block."""
    return database.opened(databases(settings))


async def inside(settings: Settings, work: Callable[[], Awaitable[T]]) -> T:
    """Do one thing with both databases open, having checked that they are up to date."""
    await upgrade.verify(databases(settings))
    async with opened(settings):
        return await work()


async def upgraded(settings: Settings) -> list[str]:
    """Newest tables in both databases, and the lists every office starts from; returns the migrations that ran.

    What the office has changed of the lists stays. Idempotent.
    """
    configuration = databases(settings)
    done = await upgrade.upgrade(configuration)
    await upgrade.verify(configuration)
    async with opened(settings):
        await catalogues.seed()
        await closing_days.seed_ahead(datetime.now(settings.zone).date(), settings.office_region)
    return done


def serve_web(settings: Settings, surface: Any) -> None:
    """Serve the site until SIGTERM; requests in flight are finished."""
    import uvicorn

    from channels.web import site
    from workers import celery, nudge

    celery.configure(settings)
    wake.listen(nudge.Nudger())
    uvicorn.run(
        site.build(settings, opened(settings), surface=surface),
        host=settings.host,
        port=settings.port,
        proxy_headers=True,
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=32 * 1024,
    )


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM; the task in hand is finished."""
    import warnings

    from celery.exceptions import SecurityWarning

    from workers import celery, nudge, runtime

    warnings.filterwarnings("ignore", category=SecurityWarning)  # whoever starts us decides who we are
    app = celery.configure(settings)
    runtime.open_with(lambda: opened(settings))
    wake.listen(nudge.Nudger())
    app.worker_main(
        [
            "--quiet",
            "worker",
            "--include=workers.tasks",
            f"--pool={celery.pool(settings)}",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def run_beat(settings: Settings) -> None:
    """Beat until SIGTERM."""
    from workers import celery

    celery.configure(settings).Beat(loglevel="WARNING", quiet=True).run()


async def seed_demo(settings: Settings, *, seed: int, scenario: str) -> None:
    """Migrate, and fill an empty house with the invented office."""
    from sprechstunde.demo import seed as demo

    await upgrade.upgrade(databases(settings))
    await upgrade.verify(databases(settings))
    async with opened(settings):
        now = datetime.now(UTC)
        today = now.astimezone(settings.zone).date()
        print(await demo.seed(settings, seed=seed, today=today, scenario=scenario, now=now))

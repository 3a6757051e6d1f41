"""The Celery app, on Redis or on a folder; it only wakes, for the database is the truth.

Invariant: a wake task carries no payload, returns no result and expires; every outside call has a time-out.
"""

from __future__ import annotations

from typing import Any

from celery import Celery

from office.settings import Settings
from workers import schedule

TIMEOUT = 5
EXPIRES = 60

app = Celery("sprechstunde")
"""Only a worker loads the tasks and what they need; beat knows their names, and stays small."""


def configure(settings: Settings) -> Celery:
    """The app as these settings want it; said once by each process before it is used."""
    redis = settings.redis_url.get_secret_value()
    app.conf.update(
        broker_url=redis or "filesystem://localhost",
        broker_transport_options=_redis_options() if redis else _folder_options(settings),
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=TIMEOUT,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_acks_late=False,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        timezone="UTC",
        enable_utc=True,
        beat_scheduler="celery.beat:Scheduler",
        beat_schedule=schedule.SCHEDULE,
    )
    return app


def pool(settings: Settings) -> str:
    """One task at a time on a folder (its polling is slow otherwise), and on Redis, too: start more workers."""
    return "solo"


def _redis_options() -> dict[str, Any]:
    return {
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "retry_on_timeout": True,
    }


def _folder_options(settings: Settings) -> dict[str, Any]:
    folder = settings.var_dir.resolve() / "broker"
    for name in ("queue", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.2,
    }

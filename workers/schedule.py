"""What beat asks for, and how often. Nothing is scheduled between 02:00 and 02:59 local time.

Times are UTC: 00:20 UTC is 01:20 or 02:20 in Berlin, so nightly work stands at 03:xx UTC (04:xx or 05:xx).
"""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

SWEEP_SECONDS = 5.0


def _every(task: str, when: Any, expires: float) -> dict[str, Any]:
    return {"task": f"workers.tasks.{task}", "schedule": when, "options": {"expires": expires}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": _every("sweep", SWEEP_SECONDS, SWEEP_SECONDS * 2),
    "deliver": _every("deliver", SWEEP_SECONDS * 2, SWEEP_SECONDS * 4),
    "scan": _every("scan", 30.0, 30),
    "fetch": _every("fetch", 15.0, 15),
    "look_elsewhere": _every("look_elsewhere", 300.0, 300),
    "remind": _every("remind", 60.0, 60),
    "expire": _every("expire", 60.0, 60),
    "offer": _every("offer", 60.0, 60),
    "interpreters": _every("interpreters", 300.0, 300),
    "roll_up": _every("roll_up", 60.0, 60),
    "check": _every("check", crontab(hour="3", minute="10"), 3600),
    "retain": _every("retain", crontab(hour="3", minute="5"), 3600),
    "save_day_sheet": _every("save_day_sheet", crontab(hour="3-16", minute="30"), 3600),
    "look_ahead": _every("look_ahead", crontab(hour="3", minute="25"), 3600),
    "seal": _every("seal", crontab(hour="3", minute="40"), 3600),
}

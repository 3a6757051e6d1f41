"""Is it alive, is it ready, how much does it do: for those who keep it running."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.recorder import MigrationRecorder

from channels import languages
from channels.web import metrics
from office import database
from office.settings import current

OK = "ok"
FOLDER = "filesystem"
UNREACHABLE = "unreachable"
PATIENCE = 2
"""Seconds to wait for the broker."""
_migrated: set[str] = set()
"""Databases found with all their migrations; they do not lose one while this process runs."""


async def alive(request: Request) -> Response:
    """This process answers; nothing else is asked."""
    return PlainTextResponse("ok")


async def ready(request: Request) -> Response:
    """Every part this process needs, each with a word; 503 unless all are well."""
    parts = {
        "database": await _database(database.MAIN),
        "statistics": await _database(database.STATISTICS),
        "broker": await _broker(),
    }
    well = all(word in {OK, FOLDER} for word in parts.values())
    return JSONResponse({"ready": well, **parts}, status_code=200 if well else 503)


async def _database(alias: str) -> str:
    try:
        connection = get_connection(alias)
        await connection.execute_query("SELECT 1")
        if alias not in _migrated:
            if await _pending(alias):
                return "migrations pending"
            _migrated.add(alias)
    except Exception:  # whatever the driver raises, the answer is the same
        return UNREACHABLE
    return OK


async def _pending(alias: str) -> bool:
    applied = {
        (key.app_label, key.name)
        for key in await MigrationRecorder(get_connection(alias)).applied_migrations()
    }
    return bool(_written(alias) - applied)


def _written(alias: str) -> set[tuple[str, str]]:
    """(room, migration) of every room that lives in this database."""
    rooms = {
        room
        for room, models in (Tortoise.apps or {}).items()
        for model in models.values()
        if model._meta.default_connection == alias
    }
    root = Path(database.__file__).parents[1]
    return {(room, file.stem) for room in rooms for file in (root / room / "migrations").glob("0*.py")}


async def _broker() -> str:
    url = current().redis_url.get_secret_value()
    if not url:
        return FOLDER
    import redis.asyncio  # a quarter of a second, paid only where there is one

    client = redis.asyncio.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        await client.ping()
    except (redis.RedisError, OSError):
        return UNREACHABLE
    finally:
        await client.aclose()
    return OK


async def show_metrics(request: Request) -> Response:
    """For Prometheus."""
    return Response(await metrics.exposition(), headers={"content-type": CONTENT_TYPE_LATEST})


async def robots(request: Request) -> Response:
    """Search engines find the start pages and nothing else."""
    starts = ["/", *(f"/{language}/" for language in languages.NAMES)]
    lines = ["User-agent: *", *(f"Allow: {start}$" for start in starts), "Disallow: /", ""]
    return PlainTextResponse("\n".join(lines))

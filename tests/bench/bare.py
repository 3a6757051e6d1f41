"""`python -m tests.bench.bare DATABASE_URL PORT`: the least that can be called booking, to compare ours with.

One endpoint: a row for the talk and, in the same transaction, its unique five-minute cells. No availability,
no people, no journal.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CELLS = 12
TABLES = """
    CREATE TABLE IF NOT EXISTS talk (id bigserial PRIMARY KEY, starts_at text, email text);
    CREATE TABLE IF NOT EXISTS claimed (counsellor int, cell bigint, talk bigint, UNIQUE (counsellor, cell));
"""


async def book(request: Request) -> Response:
    """201, or 409 when one of the cells has an owner."""
    asked = await request.json()
    rows = [(asked["counsellor"], asked["cell"] + number) for number in range(CELLS)]
    try:
        async with request.app.state.pool.acquire() as connection, connection.transaction():
            talk = await connection.fetchval(
                "INSERT INTO talk (starts_at, email) VALUES ($1, $2) RETURNING id",
                asked["starts_at"],
                asked["email"],
            )
            await connection.executemany(
                "INSERT INTO claimed (counsellor, cell, talk) VALUES ($1, $2, $3)",
                [(*row, talk) for row in rows],
            )
    except asyncpg.UniqueViolationError:
        return JSONResponse({}, 409)
    return JSONResponse({"id": talk}, 201)


def app(url: str) -> Starlette:
    """The application on this database."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(url, min_size=4, max_size=8) as pool:
            await pool.execute(TABLES)
            app.state.pool = pool
            yield

    routes = [
        Route("/book", book, methods=["POST"]),
        Route("/healthz", lambda _request: JSONResponse({})),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    uvicorn.run(app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), access_log=False, log_config=None)

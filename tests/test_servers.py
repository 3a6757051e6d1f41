"""Every server the tests rely on works, and goes away."""

import smtplib
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.config_generator import expand_db_url

from tests import servers
from tests.houses import Houses

MESSAGE = b"Subject: Ihr Termin\r\n\r\nBis bald\r\n"


def send(server: servers.Smtp) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        client.sendmail("office@example.org", ["person@example.org"], MESSAGE)


async def test_postgres_makes_databases_from_a_template(postgres_server: servers.Postgres) -> None:
    template = postgres_server.create_database("servers_template")
    connection = await asyncpg.connect(template)
    await connection.execute("CREATE TABLE seat (number int)")
    await connection.close()
    copy = await asyncpg.connect(postgres_server.create_database("servers_copy", template="servers_template"))
    assert await copy.fetchval("SELECT count(*) FROM seat") == 0
    await copy.close()


async def test_postgres_url_is_understood_by_the_orm(postgres_server: servers.Postgres) -> None:
    url = postgres_server.create_database("servers_orm")
    client = AsyncpgDBClient(connection_name="default", **expand_db_url(url)["credentials"])
    await client.create_connection(with_db=True)
    [answer] = await client.execute_query_dict("SELECT current_database() AS name")
    await client.close()
    assert answer["name"] == "servers_orm"


def test_postgres_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with servers.postgres() as server:
        assert server.process
        children = psutil.Process(server.process.pid).children()
        folder = Path(psutil.Process(server.process.pid).cwd())
    assert server.process.poll() is not None
    assert not any(child.is_running() for child in children)
    assert not folder.exists()


def test_redis_comes_back_empty_on_the_same_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    with servers.redis() as server, redis.Redis.from_url(server.url) as client:
        client.set("wake", 1)
        server.stop()
        with pytest.raises(redis.ConnectionError):
            client.get("wake")
        server.start()
        assert client.get("wake") is None


def test_smtp_keeps_what_it_takes(smtp_server: servers.Smtp) -> None:
    send(smtp_server)
    [delivery] = smtp_server.deliveries
    assert delivery.recipients == ["person@example.org"]
    assert delivery.content == MESSAGE


@pytest.mark.parametrize("answer", ["451 try later", "550 no such user"])
def test_smtp_refuses_on_request_and_only_once(smtp_server: servers.Smtp, answer: str) -> None:
    smtp_server.answers.append(answer)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(smtp_server)
    send(smtp_server)
    assert refused.value.smtp_code == int(answer[:3])
    assert len(smtp_server.deliveries) == 1


def test_smtp_can_take_a_message_and_hang_up(smtp_server: servers.Smtp) -> None:
    smtp_server.answers.append(servers.Smtp.DROP)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp_server)
    assert len(smtp_server.deliveries) == 1


def test_chromium_is_a_program() -> None:
    assert Path(servers.chromium()).exists()


def test_a_missing_program_is_a_failure_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    with pytest.raises(servers.NoServer, match="no-such-browser"):
        servers.chromium()


@pytest.fixture
def houses(postgres_houses: Houses) -> Houses:
    """No house is idle, so that the next one lent is ours."""
    return Houses(postgres_houses.server, made=1000)


async def changed(urls: dict[str, str], statement: str) -> None:
    connection = await asyncpg.connect(urls["database_url"])
    await connection.execute(statement)
    await connection.close()


async def test_house_is_lent_again_without_what_was_written_and_numbers_begin_at_one(houses: Houses) -> None:
    add = "INSERT INTO place (code, name, address, details, position) VALUES ('a', '', '', '{}', 0) RETURNING id"
    for _ in range(2):
        with houses.lent() as urls:
            connection = await asyncpg.connect(urls["database_url"])  # left open, as a killed program would
            assert await connection.fetchval(add) == 1
        connection.terminate()
    assert houses.made == 1001


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE place ADD COLUMN more text",
        "ALTER TABLE place ALTER COLUMN code DROP NOT NULL",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
        "CREATE INDEX made_by_a_test ON place (name)",
        "DELETE FROM tortoise_migrations",
        "DROP TABLE tortoise_migrations",
    ],
)
async def test_house_in_which_more_than_rows_changed_is_not_lent_again(
    houses: Houses, statement: str
) -> None:
    with houses.lent() as urls:
        await changed(urls, statement)
    assert houses.idle == []
    with houses.lent():
        assert houses.made == 1002

"""`sprechstunde check`: every setting explained, and whether what it names answers."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from channels import scanning
from channels.email import source
from office import upgrade
from office.settings import Settings
from sprechstunde import house

SECRET = {
    "secret_key",
    "smtp_url",
    "imap_url",
    "twilio_auth_token",
    "api_keys",
    "database_url",
    "statistics_url",
    "redis_url",
}
MAILBOX_TROUBLE = {
    "log_in_refused": "refuses this user or password",
    "no_such_folder": "has no such folder",
    "not_secure": "is not encrypted as we trust it (certificate, or no TLS)",
    "not_reachable": "cannot be reached",
    "not_understood": "does not speak IMAP as we understand it",
}


def report(settings: Settings) -> int:
    """Print the table and the findings; 0 when everything answers, else 1."""
    for name, field in Settings.model_fields.items():
        click.echo(f"{name.upper():20} {_shown(name, getattr(settings, name)):42} {field.description or ''}")
    findings = {"databases": _databases(settings), "broker": _broker(settings)}
    if settings.imap_url.get_secret_value():
        findings["mailbox"] = _mailbox(settings)
    if settings.scan_url:
        findings["virus scanner"] = "" if asyncio.run(scanning.answers()) else "does not answer"
    for what, trouble in findings.items():
        click.echo(f"{what:20} {trouble or 'answers'}")
    return 1 if any(findings.values()) else 0


def _shown(name: str, value: Any) -> str:
    if name in SECRET:
        return "(set)" if value.get_secret_value() else "(empty)"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _databases(settings: Settings) -> str:
    try:
        asyncio.run(upgrade.verify(house.databases(settings)))
    except Exception as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""


def _mailbox(settings: Settings) -> str:
    """Can the folder that mail is fetched from be opened?"""

    async def look() -> str:
        opened = source.Imap(settings.imap_url.get_secret_value())
        try:
            await opened.newest()
        except source.Away as away:
            return f"IMAP_URL: {MAILBOX_TROUBLE[str(away)]}"
        finally:
            await opened.close()
        return ""

    return asyncio.run(look())


def _broker(settings: Settings) -> str:
    url = settings.redis_url.get_secret_value()
    if not url:
        return ""
    import redis

    try:
        redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5).ping()
    except (redis.RedisError, OSError) as error:
        return type(error).__name__
    return ""

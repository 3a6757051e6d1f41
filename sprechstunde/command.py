"""The command line; each command starts only what it needs, and a wrong setting is one clear line.

Invariant: heavy imports happen inside the command that needs them, so that `serve`, which only watches
its children, stays small.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from office.settings import Settings

WRONG_SETTING, NOT_READY = 2, 3


class _OneLine(click.Group):
    """Whatever cannot be helped here is said in one line on standard error, with an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            code = _exit_code(error)
            if code is None:
                raise
            click.echo(f"sprechstunde: {' '.join(str(error).split())}", err=True)
            ctx.exit(code)


def _exit_code(error: Exception) -> int | None:
    from office.errors import Permanent
    from office.settings import WrongSetting

    if isinstance(error, WrongSetting):
        return WRONG_SETTING
    locked = "locked" in str(error) and "database" in str(error)
    refused = isinstance(error, ConnectionRefusedError | socket.gaierror)
    return NOT_READY if isinstance(error, Permanent | Unready) or locked or refused else None


class Unready(Exception):
    """Something outside is not as it must be to start."""


@click.group(cls=_OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sprechstunde")
def main() -> None:
    """The front door of a counselling office: appointments, questions, figures."""


def _settings(**overrides: Any) -> Settings:
    from office import settings

    read = settings.read(**overrides)
    settings.use(read)
    return read


@main.command()
@click.option("--demo", is_flag=True, help="The invented office: migrate, seed if empty, send nothing.")
def serve(demo: bool) -> None:
    """Start web, worker and beat as children of one process and keep them running."""
    from sprechstunde import supervisor

    read = _settings(**({"demo": True} if demo else {}))
    _port_is_free(read)
    environment = {**os.environ, **({"DEMO": "1"} if read.demo else {})}
    _prepare(environment, "demo" if read.demo else "migrate", "--check" if not read.demo else "")
    names = ("web", "beat", "worker")
    children = [supervisor.Child(name, (sys.executable, "-m", "sprechstunde", name)) for name in names]
    _greet(read)
    sys.exit(supervisor.run(children, environment))


def _prepare(environment: dict[str, str], *words: str) -> None:
    """Run one command in a child of its own, so that its memory is gone before the others start."""
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "sprechstunde", *filter(None, words)], env=environment, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)


def _port_is_free(read: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in read.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((read.host, read.port))
        except OSError as error:
            raise Unready(f"PORT {read.port} is taken; set PORT to a free one") from error


def _greet(read: Settings) -> None:
    lines = [f"Sprechstunde is starting at {read.origin}/"]
    if read.demo:
        lines += [
            f"  start page   {read.origin}/de/    {read.origin}/ar/",
            f"  desk         {read.origin}/desk/",
            f"  mailbox      {read.origin}/demo/mailbox",
            f"  phone        {read.origin}/demo/phone",
            f"  API          {read.origin}/api/v1/openapi.json    key demo",
            "  log-ins      counsellor@ reception@ lead@ admin@ each at example.org, password demo",
            "Sample data, entirely invented. Stop with Ctrl-C.",
        ]
    click.echo("\n".join(lines))


@main.command()
@click.option(
    "--surface", type=click.Choice(["all", "public", "desk", "api"]), default="all", show_default=True
)
def web(surface: str) -> None:
    """Serve the web pages."""
    read = _settings()
    _set_up_logs(read)
    _port_is_free(read)
    from sprechstunde import house

    house.serve_web(read, surface)


@main.command()
def worker() -> None:
    """React to what happened and send what is queued."""
    read = _settings()
    _set_up_logs(read)
    from sprechstunde import house

    house.run_worker(read)


@main.command()
def beat() -> None:
    """Say when it is time: sweeps, reminders, nightly checks. One per office."""
    read = _settings()
    _set_up_logs(read)
    from sprechstunde import house

    house.run_beat(read)


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when something is missing.")
def migrate(check: bool) -> None:
    """Bring both databases to the newest tables and lists; rows and guards are checked."""
    read = _settings()
    from office import upgrade
    from sprechstunde import house

    if check:
        _run(upgrade.verify(house.databases(read)))
        return
    done = _run(house.upgraded(read))
    click.echo(f"{len(done)} migration(s) ran" if done else "nothing to do")


@main.command(hidden=True)
@click.argument("name", required=False)
def migrations(name: str | None) -> None:
    """For developers: write the migration the models need (NAME like 0002_sms)."""
    from office import upgrade
    from sprechstunde import house

    writers = _run(upgrade.unwritten(house.databases(_settings(demo=True))))
    for writer in writers:
        writer.name = name or writer.name
        click.echo(writer.write())
    click.echo(f"{len(writers)} migration(s) written")


@main.command()
@click.option("--seed", default=2025, show_default=True, help="The same seed makes the same office.")
@click.option("--scenario", type=click.Choice(["monday", "quiet"]), default="monday", show_default=True)
def demo(seed: int, scenario: str) -> None:
    """Migrate, and fill an empty house with the invented office of the demonstration."""
    read = _settings(demo=True)
    from sprechstunde import house

    _run(house.seed_demo(read, seed=seed, scenario=scenario))


@main.command()
def check() -> None:
    """Explain every setting and say whether databases and broker answer."""
    from sprechstunde import checks

    sys.exit(checks.report(_settings()))


@main.command()
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--all", "everybody", is_flag=True, help="All of them, where WHO fits several people.")
def erase(who: str, yes: bool, everybody: bool) -> None:
    """Forget a person: every row, file and byte of theirs; the figures stay.

    WHO is person:12, an e-mail address, a phone number, an inquiry (#12) or a short code.
    """
    read = _settings()
    _set_up_logs(read)
    from sprechstunde import house, person

    def agreed(what: str) -> bool:
        click.echo(what)
        return yes or click.confirm("Erase all of this for good?")

    click.echo(_run(house.inside(read, lambda: person.erase(who, everybody=everybody, agreed=agreed))))


@main.command()
@click.argument("who")
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True), help="The file; a new one if not said."
)
def export(who: str, out: str | None) -> None:
    """Write everything held about a person into one readable file.

    WHO is person:12, an e-mail address, a phone number, an inquiry (#12) or a short code.
    """
    from pathlib import Path

    read = _settings()
    from sprechstunde import house, person

    file = Path(out or "export.html")
    if out is None and file.exists():
        raise click.UsageError("export.html exists; say --out FILE")
    click.echo(_run(house.inside(read, lambda: person.hand_out(who, file))))


@main.command()
@click.option("--dry-run", is_flag=True, help="Only say how much is due by each rule.")
def retention(dry_run: bool) -> None:
    """Delete what nobody needs any more, as every night (docs/data-protection.md)."""
    from datetime import UTC, datetime

    read = _settings()
    _set_up_logs(read)
    from sprechstunde import house
    from workers import retention as nightly

    now = datetime.now(UTC)
    counts = _run(house.inside(read, lambda: nightly.due(now) if dry_run else nightly.run(now)))
    lines = [f"{name:<14} {count:>6}" for name, count in counts.items() if count]
    click.echo("\n".join(lines) or ("nothing is due" if dry_run else "nothing was due"))


@main.group()
def user() -> None:
    """Who may log in at the desk."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--code", required=True, help="Short and permanent, e.g. initials.")
@click.option("--role", type=click.Choice(["counsellor", "reception", "lead", "admin"]), required=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def user_add(email: str, name: str, code: str, role: str, password: str) -> None:
    """Add a member of staff."""
    read = _settings()
    from office import staff
    from office.models import Role
    from sprechstunde import house

    _run(
        house.inside(
            read, lambda: staff.add(code=code, name=name, email=email, role=Role(role), password=password)
        )
    )
    click.echo(f"{email} may log in as {role}")


@user.command("password")
@click.argument("email")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def user_password(email: str, password: str) -> None:
    """Set a new password; every log-in made with the old one ends."""
    read = _settings()
    from office import staff
    from sprechstunde import house

    _run(house.inside(read, lambda: staff.set_password(email, password)))
    click.echo(f"{email} has a new password")


@main.group()
def statistics() -> None:
    """The inquiry-statistics store."""


@statistics.command("check")
def statistics_check() -> None:
    """Do the figures balance? Exit code 1 with the differences if not."""
    read = _settings()
    from figures import check as figures_check
    from sprechstunde import house

    report = _run(house.inside(read, figures_check.balance))
    click.echo("the figures balance" if report.ok else "\n".join(map(str, report.differences)))
    sys.exit(0 if report.ok else 1)


@statistics.command("rebuild")
@click.argument("first", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("last", type=click.DateTime(["%Y-%m-%d"]))
def statistics_rebuild(first: Any, last: Any) -> None:
    """Sum the days from FIRST to LAST anew from the ledger."""
    read = _settings()
    from figures import rollups
    from sprechstunde import house

    rows = _run(house.inside(read, lambda: rollups.rebuild(first.date(), last.date())))
    click.echo(f"{rows} sums written")


def _set_up_logs(read: Settings) -> None:
    from sprechstunde import logs

    logs.set_up(readable=read.demo)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)

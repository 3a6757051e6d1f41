"""Every value the environment may set, typed once; nothing else in the house reads the environment."""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
import ssl
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from email_validator import EmailNotValidError, validate_email
from pydantic import EmailStr, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class WrongSetting(Exception):
    """A setting has a value the house cannot work with."""


class Settings(BaseSettings):
    """The settings as read from the environment and `.env`; secrets never appear in `repr`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    demo: bool = Field(
        False, description="Invented office, sample-data marks, mailbox page; never with a real gateway"
    )
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on")
    host: str = Field("127.0.0.1", description="Address the web server listens on")
    var_dir: Path = Field(
        Path("var"), description="Folder for database files, broker files and the demo mailbox"
    )
    database_url: SecretStr = Field(
        SecretStr(""), description="sqlite://PATH or postgres://…; empty: in VAR_DIR"
    )
    statistics_url: SecretStr = Field(
        SecretStr(""), description="The statistics store; empty: a file in VAR_DIR"
    )
    redis_url: SecretStr = Field(
        SecretStr(""), description="Broker and rate limits; empty: a folder in VAR_DIR"
    )
    base_url: str = Field(
        "", description="Address families see, e.g. https://termin.example.org; empty: this machine"
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="At least 32 characters; signs links and log-ins"
    )
    smtp_url: SecretStr = Field(
        SecretStr(""), description="smtp://user:password@host:587 (STARTTLS) or smtps://…:465"
    )
    imap_url: SecretStr = Field(
        SecretStr(""),
        description="imaps://user:password@host:993/INBOX (or imap:// with STARTTLS); empty: no mail is fetched",
    )
    mail_reply_to: str = Field(
        "",
        description="Where answers to a mail go, {token} tells the thread: termin+{token}@example.org; "
        "empty: like that with MAIL_FROM; `off`: MAIL_FROM itself, for servers that know no plus addresses",
    )
    twilio_account_sid: str = Field("", description="Account of the SMS gateway; empty: no SMS is sent")
    twilio_auth_token: SecretStr = Field(
        SecretStr(""), description="Its token; signs what the gateway sends us"
    )
    twilio_from: str = Field("", description="Our number for SMS, e.g. +491713920000")
    twilio_api_url: str = Field(
        "https://api.twilio.com", description="Address of the gateway's API, for a region of its own"
    )
    mail_from: EmailStr = Field("termin@example.org", description="Neutral sender address of all mail")
    mail_from_name: str = Field(
        "Stadt Musterstadt, Terminservice", description="Neutral sender name of all mail"
    )
    city_name: str = Field(
        "Stadt Musterstadt", description="Neutral name of the sender on every page and message"
    )
    office_name: str = Field("Sprechstunde Lindenplatz", description="Name of the office on its start page")
    office_phone: str = Field("0221 4710-100", description="Number people may call")
    office_email: EmailStr = Field("termin@example.org", description="Address people may write to")
    office_address: str = Field(
        "Lindenplatz 4, 12345 Musterstadt", description="Postal address of the office"
    )
    promise_days: int = Field(
        2, ge=1, le=20, description="Working days within which questions are answered, as people are told"
    )
    offer_hours: str = Field(
        "8-18",
        description="Hours of a working day in which families on the waiting list get offers, e.g. 8-18",
    )
    confirm_address: Literal["off", "email", "sms", "both"] = Field(
        "off",
        description="Who books on the web proves their address within 30 minutes: `email` by a link, `sms` by a code, "
        "`both`; until then the time is only kept",
    )
    form_seconds: int = Field(
        2, ge=0, le=30, description="Forms sent sooner after they were shown are shown once more; 0: never"
    )
    case_note_days: int = Field(
        180, ge=1, le=180, description="Protected notes on a case are kept for so many days at most"
    )
    office_timezone: str = Field("Europe/Berlin", description="IANA zone of the office's wall clock")
    office_region: str = Field("NW", description="German state whose public and school holidays are seeded")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1",), description="Addresses whose X-Forwarded-For is believed, separated by commas"
    )
    rate_limits: bool = Field(True, description="Limit posts per client address")
    api_keys: SecretStr = Field(
        SecretStr(""),
        description="Who may use the API: NAME:KEY, separated by commas; keys of 20 characters or more",
    )
    internal_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts and networks of the city's own from which counsellors' calendars may be read, separated "
        "by commas: cal.example.org,10.1.0.0/16; any other must be public",
    )
    calendar_ca: str = Field(
        "",
        description="File with certificates (PEM) that calendar servers are trusted by, beside the usual ones",
    )
    https_proxy: SecretStr = Field(
        SecretStr(""),
        description="http://host:3128 through which calendars outside are read; their names must be known here, too",
    )
    scan_url: str = Field(
        "",
        description="Virus scanner for what people upload: clamd at tcp://host:3310 or unix:///run/clamav/clamd.ctl; "
        "empty: only the form of a file is checked, and the desk says so",
    )
    graph_tenant: str = Field(
        "", description="Directory id at Microsoft 365; empty: no mailbox is asked there"
    )
    graph_client_id: str = Field("", description="Our application there, allowed Calendars.ReadBasic")
    graph_client_secret: SecretStr = Field(SecretStr(""), description="Its secret")
    graph_url: str = Field(
        "https://graph.microsoft.com", description="Microsoft Graph, for a cloud of its own"
    )
    graph_login_url: str = Field(
        "https://login.microsoftonline.com", description="Where tokens for it are given out"
    )
    send_lease_seconds: int = Field(
        30, ge=1, description="After this, a message being sent counts as of unknown fate"
    )

    @field_validator("trusted_proxies", "internal_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("api_keys")
    @classmethod
    def _names_and_keys(cls, value: SecretStr) -> SecretStr:
        for name, key in _pairs(value):
            if not re.fullmatch("[a-z0-9_-]{1,32}", name) or len(key) < 20:
                raise ValueError("write NAME:KEY, separated by commas, each key of 20 characters or more")
        return value

    @field_validator("offer_hours")
    @classmethod
    def _two_hours(cls, value: str) -> str:
        first, dash, last = value.partition("-")
        if not (dash and first.isdecimal() and last.isdecimal() and int(first) < int(last) <= 23):
            raise ValueError("write it like 8-18")
        return value

    @field_validator("office_timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("not a time zone; write one like Europe/Berlin") from error
        return value

    @field_validator("database_url", "statistics_url")
    @classmethod
    def _database_scheme(cls, value: SecretStr) -> SecretStr:
        return _with_scheme(
            value, {"sqlite", "postgres", "postgresql", "asyncpg"}, "sqlite://PATH or postgres://…"
        )

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: SecretStr) -> SecretStr:
        return _with_scheme(value, {"redis", "rediss", "unix"}, "redis://HOST:6379/0")

    @field_validator("smtp_url")
    @classmethod
    def _smtp_scheme(cls, value: SecretStr) -> SecretStr:
        return _with_scheme(value, {"smtp", "smtps"}, "smtp://HOST:587 or smtps://HOST:465")

    @field_validator("imap_url")
    @classmethod
    def _imap_scheme(cls, value: SecretStr) -> SecretStr:
        return _with_scheme(value, {"imap", "imaps"}, "imaps://USER:PASSWORD@HOST:993/INBOX")

    @field_validator("mail_reply_to")
    @classmethod
    def _reply_address(cls, value: str) -> str:
        if value not in {"", "off"} and (value.count("{token}") != 1 or value.count("@") != 1):
            raise ValueError("write it like termin+{token}@example.org, or off")
        if "{token}" in value and not _is_mail(value.replace("{token}", "a" * 32)):
            raise ValueError(
                "with a token of 32 characters that is no mail address (64 before the @ at most)"
            )
        return value

    @field_validator("twilio_from")
    @classmethod
    def _own_number(cls, value: str) -> str:
        if value and not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
            raise ValueError("write it like +491713920000")
        return value

    @field_validator("internal_hosts")
    @classmethod
    def _hosts_or_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            if not _is_network(entry) and not re.fullmatch(r"[A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*", entry):
                raise ValueError("write names and networks, like cal.example.org,10.1.0.0/16")
        return value

    @field_validator("calendar_ca")
    @classmethod
    def _certificates(cls, value: str) -> str:
        if value:
            try:
                ssl.create_default_context().load_verify_locations(value)
            except (OSError, ssl.SSLError) as error:
                raise ValueError("not a file with certificates (PEM)") from error
        return value

    @field_validator("https_proxy")
    @classmethod
    def _proxy_scheme(cls, value: SecretStr) -> SecretStr:
        return _with_scheme(value, {"http"}, "http://host:3128")

    @field_validator("scan_url")
    @classmethod
    def _scanner(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            tcp = parts.scheme == "tcp" and parts.hostname and parts.port
        except ValueError:
            tcp, parts = None, urlsplit("")
        if value and not tcp and not (parts.scheme == "unix" and parts.path):
            raise ValueError("cannot be used; write it like tcp://host:3310 or unix:///run/clamav/clamd.ctl")
        return value

    @field_validator("twilio_api_url", "graph_url", "graph_login_url")
    @classmethod
    def _api_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("write it like https://api.example.org")
        return value.rstrip("/")

    @field_validator("base_url")
    @classmethod
    def _base_is_origin(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError("write it like https://termin.example.org, without a path")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("too short; write at least 32 random characters")
        return value

    @model_validator(mode="after")
    def _demo_sends_nothing(self) -> Settings:
        if self.demo and self.smtp_url.get_secret_value():
            raise ValueError("SMTP_URL cannot be set together with DEMO: the demonstration sends nothing")
        if self.demo and (self.imap_url.get_secret_value() or self.twilio_account_sid):
            raise ValueError("IMAP_URL and TWILIO_… cannot be set together with DEMO: it talks to nobody")
        twilio = (self.twilio_account_sid, self.twilio_auth_token.get_secret_value(), self.twilio_from)
        if any(twilio) and not all(twilio):
            raise ValueError("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM belong together")
        graph = (self.graph_tenant, self.graph_client_id, self.graph_client_secret.get_secret_value())
        if any(graph) and not all(graph):
            raise ValueError("GRAPH_TENANT, GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET belong together")
        if not self.demo and not self.secret_key.get_secret_value():
            raise ValueError("SECRET_KEY is missing; write at least 32 random characters")
        return self

    @property
    def sms(self) -> bool:
        """Can SMS be sent, or shown on the phone page?"""
        return self.demo or bool(self.twilio_account_sid)

    @property
    def gateway_account(self) -> str:
        """Our account at the SMS gateway; the demonstration invents one."""
        return self.twilio_account_sid or (f"AC{self._invented('gateway account')[:32]}" if self.demo else "")

    @property
    def gateway_token(self) -> str:
        """What signs the gateway's posts to us; never written to a log or a page."""
        written = self.twilio_auth_token.get_secret_value()
        return written or (self._invented("gateway token") if self.demo else "")

    @property
    def gateway_number(self) -> str:
        """Our number for SMS (E.164); the demonstration has a number of fiction."""
        return self.twilio_from or ("+491713920000" if self.demo else "")

    def _invented(self, purpose: str) -> str:
        return hmac.new(self.key, purpose.encode(), sha256).hexdigest()

    @property
    def shortest_form(self) -> int:
        """Seconds nobody can fill in a form in; the demonstration may be filled in by programs."""
        return 0 if self.demo and "form_seconds" not in self.model_fields_set else self.form_seconds

    @property
    def mail_in(self) -> bool:
        """Is there a mailbox that is read?"""
        return self.demo or bool(self.imap_url.get_secret_value())

    @property
    def zone(self) -> ZoneInfo:
        """The office's wall clock."""
        return ZoneInfo(self.office_timezone)

    @property
    def offered_between(self) -> tuple[int, int]:
        """First and last hour of a working day for offers to the waiting list, wall clock."""
        first, _, last = self.offer_hours.partition("-")
        return int(first), int(last)

    @property
    def api_users(self) -> tuple[tuple[str, str], ...]:
        """Names and keys; one name may have two while its key is changed. The demonstration has `demo`."""
        return (*_pairs(self.api_keys), *((("demo", "demo"),) if self.demo else ()))

    @property
    def origin(self) -> str:
        """Scheme and host of every link we send, without a trailing slash."""
        return self.base_url or f"http://localhost:{self.port}"

    @property
    def link_host(self) -> str:
        """Host name in UIDs and Message-IDs."""
        return urlsplit(self.origin).hostname or "localhost"

    @property
    def key(self) -> bytes:
        """The secret all others are derived from; the demonstration makes and keeps its own."""
        written = self.secret_key.get_secret_value()
        return written.encode() if written else _kept_key(self.var_dir / "secret-key")

    @property
    def database(self) -> str:
        """Address of the main database."""
        return self.database_url.get_secret_value() or f"sqlite://{self.var_dir / 'sprechstunde.sqlite3'}"

    @property
    def statistics(self) -> str:
        """Address of the statistics store."""
        return self.statistics_url.get_secret_value() or f"sqlite://{self.var_dir / 'statistics.sqlite3'}"


def _pairs(value: SecretStr) -> tuple[tuple[str, str], ...]:
    written = [part.strip() for part in value.get_secret_value().split(",") if part.strip()]
    return tuple((name, key) for name, _, key in (part.partition(":") for part in written))


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _is_mail(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        return False
    return True


def _with_scheme(value: SecretStr, schemes: set[str], example: str) -> SecretStr:
    address = value.get_secret_value()
    if address and address.partition("://")[0] not in schemes:
        raise ValueError(f"cannot be used; write it like {example}")
    return value


@cache
def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_bytes()


def read(**overrides: Any) -> Settings:
    """The settings of this process. Raises `WrongSetting` with one line that names the variable."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise WrongSetting("; ".join(_line(problem) for problem in error.errors())) from None


def _line(problem: Any) -> str:
    reason = str(problem["msg"]).removeprefix("Value error, ")
    name = "_".join(str(part) for part in problem["loc"][:1]).upper()
    return f"{name}: {reason}" if name else reason


_current: Settings | None = None


def use(settings: Settings) -> None:
    """From now on `current()` answers these settings; said once by the front door of each process."""
    global _current  # noqa: PLW0603 - one process has one set of settings
    _current = settings


def current() -> Settings:
    """The settings this process was started with."""
    if _current is None:
        use(read())
    assert _current is not None
    return _current

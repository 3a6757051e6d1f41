"""A house with an account at the SMS gateway, on both engines."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from channels.sms.phone import DemoPhone
from office import settings as office_settings
from office.settings import Settings
from tests.channels.sms.posts import ACCOUNT
from tests.factories import NOW


@pytest.fixture
def house(database: Settings) -> Settings:
    """Both databases open; our account is that of the small Twilio."""
    made = database.model_copy(
        update={**ACCOUNT, "twilio_auth_token": SecretStr(ACCOUNT["twilio_auth_token"])}
    )
    office_settings.use(made)
    return made


@pytest.fixture
def phone(house: Settings, tmp_path: Path) -> DemoPhone:
    """Where our SMS go, one after the other, at `factories.NOW`."""
    ticks = itertools.count()
    return DemoPhone(tmp_path / "phone", lambda: NOW + timedelta(milliseconds=next(ticks)))

"""The languages we speak: translations, direction of writing, and how a date is said.

Invariant: every sentence a person reads comes from a message file; German, English and Arabic are complete.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.support import NullTranslations, Translations

NAMES = {"de": "Deutsch", "en": "English", "ar": "العربية"}
"""Code → the language's own name, in the order they are offered."""
DEFAULT = "de"
LOCALES = {"de": "de_DE", "en": "en_GB", "ar": "ar_EG@numbers=latn"}


@cache
def translations(language: str) -> NullTranslations:
    """The message file of a language; a missing file is an error of set-up (`make messages`)."""
    folder = files("channels").joinpath("locale")
    return Translations.load(str(folder), [language], domain="messages")


def known(language: str) -> str:
    """This language if we speak it, else German."""
    return language if language in NAMES else DEFAULT


def preferred(accept_language: str) -> str:
    """The first language of an Accept-Language header (RFC 9110 §12.5.4) we speak, else German."""
    wishes = []
    for part in accept_language.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((float(weight or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    spoken = [tag for _weight, tag in sorted(wishes, key=lambda wish: -wish[0]) if tag in NAMES]
    return spoken[0] if spoken else DEFAULT


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language == "ar" else "ltr"


@cache
def locale(language: str) -> Locale:
    """Babel's locale; Arabic with the digits people know from their phones' keypads and our signs."""
    return Locale.parse(LOCALES[known(language)])


def say_day(
    day: date | datetime, language: str, zone: ZoneInfo, *, year: bool = True, short: bool = False
) -> str:
    """ "Dienstag, 4. November 2025"; short: "Di 04.11."."""
    local = day.astimezone(zone).date() if isinstance(day, datetime) else day
    if short:
        pattern = {"de": "EEE dd.MM.", "en": "EEE d MMM", "ar": "EEEE d/M"}[known(language)]
    else:
        pattern = {"de": "EEEE, d. MMMM", "en": "EEEE, d MMMM", "ar": "EEEE، d MMMM"}[known(language)]
        pattern += " y" if year else ""
    said = dates.format_date(local, pattern, locale=locale(language))
    return said.replace(".", "", 1) if short and language == "de" else said


def say_time(moment: datetime, language: str, zone: ZoneInfo) -> str:
    """ "14:00" on the office's clock."""
    return dates.format_time(
        moment, "HH:mm" if language != "de" else "H:mm", tzinfo=zone, locale=locale(language)
    )

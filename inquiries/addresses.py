"""Reading an e-mail address or a phone number as people type it; refusing only what cannot be reached."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email


def email(text: str) -> str:
    """The address in NFC with a lower-case domain. Raises `ValueError` when no mail can go there."""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError("email") from error


def phone(text: str, region: str = "DE") -> str:
    """E.164 of a number in any digits and any national habit; never filter the text before this.

    Raises `ValueError` when nobody can be called there.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError("phone") from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def reads_sms(number: str) -> bool:
    """Can this number (E.164) get an SMS? Landlines cannot, numbers of unknown kind may."""
    import phonenumbers
    from phonenumbers import PhoneNumberType as Kind

    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind in {Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE, Kind.PERSONAL_NUMBER, Kind.UNKNOWN}


def name(text: str) -> str:
    """NFC, single spaces, no control characters, every letter of every script kept (DIN 91379 and beyond)."""
    visible = "".join(char for char in unicodedata.normalize("NFC", text) if _is_written(char))
    return " ".join(visible.split())[:200]


def _is_written(char: str) -> bool:
    """Letters, marks, signs, spaces, and the two joiners Persian and Kurdish are written with."""
    return unicodedata.category(char)[0] != "C" or char in "\u200c\u200d\t\n"

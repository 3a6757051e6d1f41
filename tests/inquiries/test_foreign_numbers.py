"""Newcomers keep the SIM of the country they come from for months: such a number is read, and gets an SMS."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from inquiries import addresses

COUNTRIES = ("RO", "ES", "BG", "TR", "UA")
ARABIC_INDIC = {ord("0") + digit: chr(0x660 + digit) for digit in range(10)}


def example(country: str) -> str:
    """E.164 of the number the library gives as an example; no such number stands in this project."""
    found = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    assert found
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)


@pytest.mark.parametrize("country", COUNTRIES)
def test_number_of_another_country_is_read_as_people_type_it_and_gets_an_sms(country: str) -> None:
    number = example(country)
    spaced = phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    zeros = f"00{number[1:]}"
    for typed in (number, spaced, zeros, zeros.translate(ARABIC_INDIC), number.translate(ARABIC_INDIC)):
        assert addresses.phone(typed) == number, typed
    assert addresses.reads_sms(number)


@pytest.mark.parametrize("country", COUNTRIES)
def test_number_of_another_country_that_lacks_digits_is_refused(country: str) -> None:
    with pytest.raises(ValueError, match="phone"):
        addresses.phone(example(country)[:-4])

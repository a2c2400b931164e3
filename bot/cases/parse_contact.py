"""Reads e-mail addresses and telephone numbers, checked and in one form. Pure: no look-up over the network."""

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

# Bounded patterns, so that a hostile message cannot make them slow.
_EMAIL = re.compile(r"(?<![^\s<>()\[\],;:\"'])[^\s<>()\[\],;:\"']{1,64}@[^\s<>()\[\],;:\"'@]{3,255}")
_PHONE = re.compile(r"(?<![\w£/@.])(?:\+|00|\(?0)\d?(?:[ ().-]{0,2}\d){6,13}(?![\w@/])")
_DATE_LIKE = re.compile(r"^\d{1,2}[-. ]\d{1,2}[-. ]\d{2,4}$")


def parse_email(text: str) -> str | None:
    """The first e-mail address of a text in its normal form, or None."""
    for found in _EMAIL.finditer(text[:4000]):
        try:
            return validate_email(found[0].strip(".,;:!?"), check_deliverability=False, allow_smtputf8=False).normalized
        except EmailNotValidError:
            continue
    return None


def parse_phone(text: str) -> str | None:
    """The first telephone number of a text as +44..., or None. Numbers of other countries need their + or 00."""
    for found in _PHONE.finditer(text[:4000]):
        if not _DATE_LIKE.match(found[0]):
            number = _number(found[0])
            if number:
                return number
    return None


def _number(raw: str) -> str | None:
    try:
        number = phonenumbers.parse(raw, "GB")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    national = str(number.national_number)
    if number.country_code == 44 and (len(national) not in (9, 10) or national[0] not in "123578"):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def shown_phone(number: str) -> str:
    """A stored number as people here read it: 07700 900123; others with their country code."""
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return number
    forms = phonenumbers.PhoneNumberFormat
    home = parsed.country_code == 44
    return str(phonenumbers.format_number(parsed, forms.NATIONAL if home else forms.INTERNATIONAL))

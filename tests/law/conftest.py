"""What the tests of the clock share: the real calendar and settings for generated dates."""

import pytest
from hypothesis import settings

from bot.law.calendar import Calendar, calendar


@pytest.fixture(scope="session")
def real() -> Calendar:
    """The calendar of knowledge/limits/calendar.yml."""
    return calendar()


settings.register_profile("law", deadline=None)  # a slow machine is no fault of the law
settings.load_profile("law")

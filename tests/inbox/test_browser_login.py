"""The pages of a login, and those that only a form leads to, in a browser: axe-core, small windows, the way by a provider."""

from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from bot.settings import Settings
from bot.store.engine import Database
from bot.web import second_factor
from bot.web.accounts import add_user, everybody
from bot.web.app import create_app
from bot.web.openid_settings import OpenIdSettings
from tests.browser import chromium
from tests.inbox.openid_provider import CLIENT, SECRET, Provider
from tests.inbox.test_browser import PASSWORD, desk, log_in, reference
from tests.services import free_port
from tests.widget.conftest import Server, axe

__all__ = ["axe", "chromium", "desk", "reference"]
NARROW = {"width": 320, "height": 640}


def fits(tab: Page) -> bool:
    return bool(tab.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_axe_finds_nothing_from_setting_up_a_second_factor_to_logging_in_with_it(
    chromium: Browser, desk: Server, db: Database, axe: Callable[[Page], list[str]]
) -> None:
    context = chromium.new_context(viewport=NARROW)
    tab = context.new_page()
    log_in(tab, desk)
    tab.goto(f"{desk.url}/inbox/account/second-factor")
    app = pyotp.TOTP(second_factor.begin(db, everybody(db)[0].id))
    tab.get_by_label("Code").fill("000000")
    tab.get_by_role("button").last.click()
    tab.get_by_text("There is a problem").wait_for()
    assert axe(tab) == [] and fits(tab), "wrong code"
    tab.get_by_label("Code").fill(app.now())
    tab.get_by_role("button").last.click()
    codes = tab.locator("main li")
    codes.first.wait_for()
    assert axe(tab) == [] and fits(tab), "recovery codes"
    recovery = codes.first.text_content() or ""
    tab.get_by_role("button", name="Log out").click()
    log_in(tab, desk, "**/inbox/login/code")
    assert axe(tab) == [] and fits(tab), "code"
    tab.get_by_label("Code").fill(recovery)
    tab.get_by_role("button", name="Go on").click()
    tab.wait_for_url("**/inbox")
    context.close()


@pytest.mark.parametrize("opened", ["Show the conversation", "Print or save as PDF"])
def test_axe_finds_nothing_on_what_a_form_of_the_case_leads_to(
    chromium: Browser, desk: Server, reference: str, axe: Callable[[Page], list[str]], opened: str
) -> None:
    context = chromium.new_context(viewport=NARROW)
    tab = context.new_page()
    log_in(tab, desk)
    tab.goto(f"{desk.url}/inbox/cases/{reference}")
    tab.get_by_role("button", name=opened).click()
    tab.wait_for_url("**/transcript*" if "Show" in opened else "**/print")
    assert axe(tab) == [] and fits(tab)
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_signing_in_through_a_provider_on_another_site_ends_in_the_inbox(
    chromium: Browser, settings: Settings, db: Database, axe: Callable[[Page], list[str]], scripts: bool
) -> None:
    """The strict cookie is not sent on a way that began on another site; the page in between sees to that."""
    provider, port = Provider("localhost"), free_port()
    add_user(db, "worker@example.org", PASSWORD)
    known = OpenIdSettings(provider.issuer, CLIENT, SECRET)
    server = Server(lambda: create_app(replace(settings, public_url=f"http://127.0.0.1:{port}"), openid=known), port)
    provider.start()
    server.start()
    context = chromium.new_context(java_script_enabled=scripts, viewport=NARROW)
    tab = context.new_page()
    tab.goto(f"{server.url}/inbox/login")
    assert not scripts or (axe(tab) == [] and fits(tab))
    tab.get_by_role("button", name="Log in with your work account").click()
    tab.get_by_role("heading", name="All open").wait_for()
    assert tab.url == f"{server.url}/inbox"
    context.close()
    server.stop()
    provider.stop()

"""Takes the pictures of docs/inbox.md and README.md anew, of made cases: `python -m tests.inbox.pictures`."""

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bot.cases import replies, work
from bot.cases.fields import choices
from bot.cases.index import catch_up
from bot.cases.work import Doer
from bot.law.calendar import calendar
from bot.paths import ROOT
from bot.privacy.keys import create_missing
from bot.settings import Settings
from bot.store.engine import Database
from bot.web.accounts import add_user
from bot.web.app import create_app
from bot.web.inbox.pages import today
from tests.browser import CHROMIUM, QUIET
from tests.inbox.making import CONTACT, Made, fact, limit_rows, summary
from tests.inbox.people import PASSWORD
from tests.services import free_port
from tests.widget.conftest import Server

PICTURES = ROOT / "docs" / "images"
WORKER = "caseworker@example.org"


@dataclass(frozen=True)
class Story:
    """One made case. `dates` and `hours` count back from now; `told` are the answers that the assistant gave."""

    stage: str
    issue: str
    happened: str
    wanted: str
    tried: str
    dates: dict[str, int]
    hours: int
    who: tuple[str, str, str]
    year: int = 4
    channel: str = "web"
    signal: str | None = None
    told: tuple[str, ...] = ("ehcna-six-weeks",)


STORIES = (
    Story("refused-assessment", "refused-assessment", "The council says he is making progress, so it will not assess. He has not slept "
          "through since September and says he does not want to be here.", "An assessment, and somebody to talk to him now.",
          "I asked the school for a meeting, and I rang the council twice.", {"request_received": 79, "decision_not_to_assess": 40},
          2, ("Test Parent", "SK3 8AB", "Robin"), 6, signal="self_harm", told=("refusal-to-assess", "appeal-deadline")),
    Story("assessing", "late-plan", "They agreed to assess in spring. Every week I am told that the report of the psychologist is not there.",
          "The final plan, before the place at the new school goes to somebody else.", "Four e-mails, and a complaint in October.",
          {"request_received": 221, "decision_to_assess": 180}, 3, ("Sample Carer", "SK4 2AA", "Ash"), 5),
    Story("requested", "late-decision", "We asked for an assessment in summer and have heard nothing but a receipt.",
          "A decision and a date.", "I rang the council four times.", {"request_received": 90}, 26, ("Made-up Guardian", "SK2 6AA", "Kit"), 3),
    Story("final-plan", "not-delivered", "The plan says one hour of speech therapy a week. There has been none since Easter.",
          "The therapy in the plan.", "The school says that it has nobody, the council says to ask the school.", {"final_plan": 260},
          52, ("Test Mother", "SK1 3AA", "Sky"), 2, "telegram"),
    Story("draft-plan", "plan-content", "The draft says 'opportunities for' and 'access to' and not how much of anything.",
          "Hours and names in section F.", "I wrote comments and do not know if they count.", {"request_received": 130, "draft_served": 9},
          7, ("Test Father", "SK7 1AA", "Alex"), 8),
    Story("review", "late-review", "The review meeting was in September. No letter has come since.", "The decision after the review.",
          "I asked the school, who asked the council.", {"review_meeting": 61}, 30, ("Test Aunt", "SK5 7AA", "Jo"), 9),
    Story("before-request", "health-wait", "The CAMHS list is two years long and the school says it cannot help without a letter.",
          "To know what can be done before then.", "The GP wrote twice.", {}, 28, ("Test Grandparent", "SK8 3AA", "Lee"), 7),
    Story("appeal", "school-place", "The hearing is in the new year and the council has not answered the Tribunal's order.",
          "The council's papers in time.", "The Tribunal sent a reminder.", {"appeal_decision": 120}, 75, ("Test Uncle", "SK6 4AA", "Max"), 6),
)  # fmt: skip


def main() -> None:
    """Makes an office with the stories, then the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        db = Database.from_settings(settings)
        db.migrate()
        made = Made(db, add_user(db, WORKER, PASSWORD, "manager"))
        references = [_case(made, story) for story in STORIES]
        _work(made, references)
        while catch_up(db, today()):
            pass
        server = Server(lambda: create_app(settings), settings.port)
        server.start()
        _pictures(server.url, references[1])
        server.stop()
        db.close()


def _settings(folder: Path) -> Settings:
    create_missing(folder, {})
    return replace(Settings.from_environment({"SEND_DESK_DATA": str(folder)}), port=free_port())


def _case(made: Made, story: Story) -> str:
    moment = datetime.now(UTC) - timedelta(hours=story.hours)
    dates = {event: (today() - timedelta(days=days)).isoformat() for event, days in story.dates.items()}
    name, postcode, child = story.who
    document = summary(
        dates, **_facts(story), made_at=moment.isoformat(), made_on=moment.date().isoformat(), channel=story.channel,
        deadlines=limit_rows(dates, today()), told=[f"{entry}@{version(entry)}" for entry in story.told],
        safeguarding={"flag": bool(story.signal), "signal": story.signal}, consent={"version": "2026-11-1", "at": moment.isoformat()},
    )  # fmt: skip
    contact = {**CONTACT, "name": fact(name), "postcode": fact(postcode), "child_name": fact(child)}
    return made.case(
        made.conversation(story.channel), contact, summary=document, now=moment, stage=story.stage, issue=story.issue,
        channel=story.channel, safeguarding=bool(story.signal), urgency=0 if story.signal else 2, due_on=None,
    )  # fmt: skip


def _facts(story: Story) -> dict[str, Any]:
    year = f"Year {story.year}"
    return {
        "stage": fact(story.stage, choices("stages")[story.stage].title),
        "issue": fact(story.issue, choices("issues")[story.issue].title),
        "happened": fact(story.happened),
        "wanted": fact(story.wanted),
        "tried": fact(story.tried),
        "child": {"age_or_year": fact({"year": story.year}, year), "school": fact("Testwood Primary")},
    }


def version(entry: str) -> str:
    """The version of an entry as it is now."""
    from bot.knowledge.entries import entries

    return entries()[entry].version


def _work(made: Made, references: list[str]) -> None:
    """Somebody has begun with some of them."""
    now = datetime.now(UTC)

    def doer(reference: str) -> Doer:
        return Doer(made.worker, now, made.row(reference).version)

    for reference in (references[1], references[3], references[7]):
        work.assign(made.db, reference, doer(reference), made.worker)
    speaker = "A caseworker of the office writes:"
    replies.reply(
        made.db, references[1], doer(references[1]), "We have written to the council today and asked for the date.", "chat", speaker
    )  # fmt: skip
    work.move(made.db, references[1], doer(references[1]), "waiting_council")
    work.follow_up(
        made.db, references[1], doer(references[1]), calendar().next_working_day(today() + timedelta(days=7))
    )
    work.set_tags(made.db, references[1], doer(references[1]), {"council-asked"})
    work.note(
        made.db, references[1], doer(references[1]), "The council's SEND team says the report is promised for Friday."
    )


def _pictures(url: str, reference: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--lang=en-GB"])
        tab = browser.new_page(viewport={"width": 1280, "height": 960}, locale="en-GB", timezone_id="Europe/London")
        _log_in(tab, url)
        tab.screenshot(path=PICTURES / "inbox-queue.png")
        tab.goto(f"{url}/inbox/cases/{reference}")
        tab.screenshot(path=PICTURES / "inbox-case.png")
        browser.close()


def _log_in(tab: Page, url: str) -> None:
    tab.goto(f"{url}/inbox/login")
    tab.get_by_label("E-mail address").fill(WORKER)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Log in", exact=True).click()
    tab.wait_for_url("**/inbox")
    tab.mouse.move(1, 1)


if __name__ == "__main__":
    main()

"""The answers as pages: every entry with its sources, held ones without their text, a search and a form without scripts."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.knowledge.entries import Entry, entries
from bot.knowledge.words import say
from bot.law.reckoning import in_words
from bot.limits import FEEDBACK_A_MINUTE_PER_ADDRESS, MAX_SEARCH_CHARS
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.learning import Useful, feedback
from bot.web.app import create_app

TODAY = date(2026, 11, 23)
ALL = sorted(entries())
MEDIATION = entries()["mediation"]


@pytest.fixture
def app(settings: Settings, db: Database) -> Starlette:
    """The office on a day when every entry is current."""
    found = create_app(settings)
    on_day(found, TODAY)
    return found


@pytest.fixture
def pages(app: Starlette) -> Iterator[TestClient]:
    """A visitor without scripts and cookies."""
    with TestClient(app, base_url="http://office.example.org", follow_redirects=False) as found:
        yield found


def on_day(app: Starlette, day: date) -> None:
    app.state.office = replace(app.state.office, today=lambda: day)


def read(client: TestClient, path: str) -> str:
    """The page as a person reads it: entities resolved, tags gone, single spaces."""
    page = client.get(path)
    assert page.status_code == 200, path
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def line(text: str) -> str:
    return " ".join(text.split())


def missing(entry: Entry, page: str) -> list[str]:
    """What an entry says and its page does not."""
    wanted = [entry.title, entry.short, *entry.next_steps, *entry.more, entry.does_not_cover, entry.version]
    wanted += [in_words(entry.law_as_at), in_words(entry.review_by)]
    wanted += [part for law in entry.law for part in (law.provision, law.says)]
    wanted += [f"{source.title} (read {in_words(source.seen)})" for source in entry.sources]
    return [text for text in wanted if line(text).replace(" ", "") not in page.replace(" ", "")]


def test_every_entry_has_a_page_with_all_it_says_and_its_sources(pages: TestClient) -> None:
    for entry_id in ALL:
        entry = entries()[entry_id]
        assert missing(entry, read(pages, f"/answers/{entry_id}")) == [], entry_id
        links = set(map(html.unescape, re.findall(r'href="(http[^"]+)"', pages.get(f"/answers/{entry_id}").text)))
        assert links == {source.url for source in entry.sources} | {law.url for law in entry.law if law.url}, entry_id


def test_the_list_holds_every_entry_once_under_its_group(pages: TestClient) -> None:
    page = pages.get("/answers").text
    assert sorted(re.findall(r'href="/answers/([a-z0-9-]+)"', page)) == ALL
    for section in re.findall(r"<section.*?</section>", page, re.DOTALL):
        group = re.search(r'<h2 id="([a-z-]+)"', section)
        inside = [entries()[found] for found in re.findall(r'href="/answers/([a-z0-9-]+)"', section)]
        assert group and {entry.group for entry in inside} == {group[1]}
        assert inside == sorted(inside, key=lambda entry: entry.title.casefold())


def test_no_link_between_the_pages_is_broken(pages: TestClient) -> None:
    seen = set()
    for path in ["/answers", *(f"/answers/{entry_id}" for entry_id in ALL)]:
        seen |= set(re.findall(r'(?:href|src)="(/[^"#]*)"', pages.get(path).text))
    assert [path for path in sorted(seen) if pages.get(path).status_code != 200] == []


def test_a_held_entry_says_so_in_place_of_its_text_and_comes_back_when_reviewed(
    app: Starlette, pages: TestClient
) -> None:
    on_day(app, MEDIATION.review_by)
    assert MEDIATION.short in read(pages, "/answers/mediation")
    on_day(app, MEDIATION.review_by + timedelta(days=1))
    page = read(pages, "/answers/mediation")
    assert line(say("answers", "held", date=in_words(MEDIATION.review_by))) in page
    for text in (MEDIATION.short, *MEDIATION.next_steps, *MEDIATION.more, *(law.says for law in MEDIATION.law)):
        assert line(text) not in page
    assert all(source.title in page for source in MEDIATION.sources)
    assert "Was this useful?" not in page
    for path in ("/answers", "/answers?q=mediation"):
        found = read(pages, path)
        assert f"{MEDIATION.title} (being checked)" in found and MEDIATION.short[:60] not in found


def test_the_search_lists_the_closest_answers_first(pages: TestClient) -> None:
    page = pages.get("/answers", params={"q": "how long do i have to comment on the draft plan"}).text
    found = re.findall(r'<li><a href="/answers/([a-z0-9-]+)"', page)
    assert "draft-plan-15-days" in found[:3] and len(found) <= 10
    assert 'value="how long do i have to comment on the draft plan"' in page


def test_a_search_that_finds_nothing_says_so_and_still_lists_everything(pages: TestClient) -> None:
    page = read(pages, "/answers?q=qwerty")
    assert "No page fits those words." in page and MEDIATION.title in page


def test_a_search_that_tells_of_danger_shows_where_to_ring_first(pages: TestClient) -> None:
    page = pages.get("/answers", params={"q": "my son says he wants to kill himself"}).text
    assert 'href="tel:116123"' in page
    main = page.partition("<main")[2]
    assert main.index("116 123") < main.index('href="/answers/')


@pytest.mark.parametrize(
    "asked", ["<script>alert(1)</script>mediation", "\"'><img src=x onerror=alert(1)>", "{{ 7*7 }}", "\x00"]
)
def test_a_hostile_search_stays_text(pages: TestClient, asked: str) -> None:
    page = pages.get("/answers", params={"q": asked})
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "<img" not in page.text and ">49<" not in page.text


def test_a_long_search_is_cut_not_refused(pages: TestClient) -> None:
    page = pages.get("/answers", params={"q": "mediation " * 2000})
    value = re.search(r'name="q" type="search" value="([^"]*)"', page.text)
    assert page.status_code == 200 and value and len(value[1]) <= MAX_SEARCH_CHARS


@pytest.mark.parametrize(
    "path", ["/answers/no-such-entry", "/answers/..%2F..%2Fetc", "/answers/MEDIATION", "/answers/%00"]
)
def test_an_unknown_answer_is_a_friendly_404(pages: TestClient, path: str) -> None:
    page = pages.get(path)
    assert page.status_code == 404 and "There is no such page here." in page.text


def test_the_pages_hold_no_script_and_no_inline_style(pages: TestClient) -> None:
    for path in ("/answers", "/answers?q=mediation", "/answers/mediation"):
        answer = pages.get(path)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", answer.text), path
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "set-cookie" not in answer.headers


def test_the_pages_can_be_printed(pages: TestClient) -> None:
    assert 'href="/static/answers.css"' in pages.get("/answers/mediation").text
    assert "@media print" in pages.get("/static/answers.css").text


def test_the_answers_are_linked_from_the_landing_page_and_the_chat(pages: TestClient) -> None:
    for path in ("/", "/chat", "/chat/person"):
        assert 'href="/answers"' in pages.get(path).text, path


def press(client: TestClient, useful: str, version: str = MEDIATION.version, **headers: str) -> tuple[int, str]:
    data = {"useful": useful, "version": version}
    answer = client.post("/answers/mediation/useful", data=data, headers=headers)
    return answer.status_code, answer.headers.get("location", "")


def test_was_this_useful_needs_no_cookie_and_is_counted_by_version(pages: TestClient, db: Database) -> None:
    form = re.search(
        r'<form method="post" action="(/answers/mediation/useful)".*?</form>',
        pages.get("/answers/mediation").text,
        re.S,
    )
    assert form and f'value="{MEDIATION.version}"' in form[0]
    assert press(pages, "yes") == (303, "/answers/mediation?useful=yes#useful")
    assert press(pages, "no") == (303, "/answers/mediation?useful=no#useful")
    assert feedback(db, TODAY) == [Useful("mediation", MEDIATION.version, 1, 1)]
    page = read(pages, "/answers/mediation?useful=yes")
    assert "Thank you." in page and "Was this useful?" not in page
    assert not pages.cookies


def test_was_this_useful_refuses_nonsense_other_sites_and_floods(pages: TestClient, db: Database) -> None:
    assert press(pages, "maybe")[0] == 400
    assert press(pages, "yes", **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert pages.post("/answers/no-such-entry/useful", data={"useful": "yes"}).status_code == 404
    assert press(pages, "yes", version="00000000")[0] == 303  # an older page: thanked for, not counted
    assert feedback(db, TODAY) == []
    statuses = [press(pages, "yes")[0] for _ in range(FEEDBACK_A_MINUTE_PER_ADDRESS)]
    assert statuses == [303] * (FEEDBACK_A_MINUTE_PER_ADDRESS - 1) + [429]

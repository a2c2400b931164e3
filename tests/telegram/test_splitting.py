"""Splitting and escaping: every script and emoji, parts that join to the text, and each part one that Telegram takes."""

from itertools import pairwise

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.rich import Run, clean, html, plain, split_rich
from bot.channels.telegram.splitting import cuts, split, units
from tests.telegram import markup

FAMILY = "👩‍👩‍👧‍👦"
SIGNS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [FAMILY, "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇬🇧", "👍🏽", "é", "नमस्ते ", "مرحبا بك. ", "你好。", "\n\n", "\n", ". ", " ", "<b>", "&amp;"]
    ),
    st.text(alphabet="abc .\n", max_size=60),
)
TEXTS = st.lists(SIGNS, max_size=40).map("".join)
LIMITS = st.integers(min_value=2, max_value=200)


@given(TEXTS, LIMITS)
@settings(max_examples=400, deadline=None)
def test_parts_join_to_the_text_and_none_is_too_long(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < units(part) <= limit for part in parts)


@given(st.text(max_size=300))
def test_units_are_counted_as_telegram_counts_them(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(TEXTS, st.integers(min_value=30, max_value=200))
@settings(max_examples=300, deadline=None)
def test_no_sign_is_parted_from_its_accents_and_no_emoji_from_what_is_joined_to_it(text: str, limit: int) -> None:
    whole = {found.end() for found in regex.finditer(r"\X", text)}
    longest = max((units(found) for found in regex.findall(r"\X", text)), default=0)
    if longest <= limit // 2:
        assert set(cuts(text, limit)) <= whole | {len(text)}


def test_an_emoji_counts_two_and_is_never_halved() -> None:
    assert units("👍") == 2
    assert split("👍" * 5, 5) == ["👍👍", "👍👍", "👍"]


def test_paragraphs_come_before_sentences_and_sentences_before_words() -> None:
    assert split("One two. Three four.\n\nFive six. Seven.", 34) == ["One two. Three four.\n\n", "Five six. Seven."]
    assert split("One two. Three four. Five", 21) == ["One two. Three four. ", "Five"]
    assert split("one two three four", 10) == ["one two ", "three four"]
    assert split("- a\n- bcd\n- ef", 10) == ["- a\n- bcd\n", "- ef"]


def test_a_short_heading_does_not_go_alone() -> None:
    text = "Heading\n\n" + "word " * 30
    assert units(split(text, 100)[0]) > 50


def test_a_family_emoji_longer_than_a_part_is_still_sent() -> None:
    assert "".join(split(FAMILY * 3, 4)) == FAMILY * 3


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="two units"):
        cuts("text", 1)


STYLES = st.builds(
    Run,
    text=TEXTS.filter(bool),
    bold=st.booleans(),
    code=st.booleans(),
    quote=st.booleans(),
    kept=st.booleans(),
    url=st.sampled_from(["", "", 'https://example.org/?a=1&b="2"<3>']),
)


@given(st.lists(STYLES, max_size=8).map(tuple), st.integers(min_value=2, max_value=120))
@settings(max_examples=400, deadline=None)
def test_every_part_is_html_that_telegram_takes_and_reads_as_the_text(rich: tuple[Run, ...], limit: int) -> None:
    cleaned = tuple(Run(clean(run.text) or "x", run.bold, run.code, run.quote, run.kept, run.url) for run in rich)
    parts = split_rich(cleaned, limit)
    read = [markup.read(html(part)) for part in parts]
    assert "".join(text for text, _ in read) == plain(cleaned)
    assert all(markup.length(text) <= limit for text, _ in read)
    assert all(url == 'https://example.org/?a=1&b="2"<3>' for _, links in read for url, _ in links)


@given(st.text(max_size=200))
@settings(max_examples=500, deadline=None)
def test_any_text_stays_text(text: str) -> None:
    assert markup.read(html((Run(clean(text)),)))[0] == clean(text)


@pytest.mark.parametrize("mark", [*"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~£€", "</b>", "<script>", "&lt;", "&#60;", "<!--"])
def test_no_punctuation_mark_becomes_markup(mark: str) -> None:
    assert markup.read(html((Run(f"a{mark}b", bold=True),)))[0] == f"a{mark}b"


def test_a_link_stays_whole_where_a_part_can_hold_it() -> None:
    rich = (Run("word " * 5), Run("a link of some words", url="https://example.org"), Run(" end"))
    parts = split_rich(rich, 30)
    assert [run.text for part in parts for run in part if run.url] == ["a link of some words"]


@given(st.text(max_size=200))
def test_cleaning_leaves_nothing_that_telegram_or_a_database_refuses(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned and "\n\n\n" not in cleaned and cleaned == cleaned.strip()
    assert clean(cleaned) == cleaned


def test_sources_stay_with_their_claim() -> None:
    claim, source = "You have two months to appeal", "Source: rule 20"
    rich = (Run("Before this. " * 3), Run("\n\n"), Run(claim), Run("\n\n"), Run(source, quote=True, kept=True))
    whole = plain(rich)
    limit = units(whole) - 2
    assert any(claim.split()[-1] in plain(part) and source in plain(part) for part in split_rich(rich, limit))


def test_the_ends_rise() -> None:
    ends = cuts("a b c d e f g", 4)
    assert all(before < after for before, after in pairwise(ends))

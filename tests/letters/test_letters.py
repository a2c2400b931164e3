"""Every letter, filled with all, some, none and hostile facts: its dates, its law, its blanks, and what is never in it."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.entries import entries
from bot.knowledge.readability import grade
from bot.knowledge.yaml_lines import read
from bot.law.calendar import calendar
from bot.letters.content import LetterKind
from bot.letters.fill import FilledLetter, fill
from bot.letters.library import commands, letter_faults, letters
from bot.letters.templates import render
from bot.limits import MAX_SHORT_GRADE
from bot.paths import NLU
from tests.letters.making import HOSTILE, TODAY, full_facts

PARENTS = (
    "request-assessment refusal-reasons chase-six-weeks chase-plan draft-comments early-review provision-not-delivered section-19 "
    "mediation-contact council-complaint ombudsman-complaint subject-access late-appeal-reasons expedite-hearing"
).split()
OFFICES = ["mp-overdue-assessment", "mp-overdue-plan", "mp-provision", "mp-no-reply"]
ALL = sorted(PARENTS + OFFICES)
LAW = {
    "request-assessment": ["section 36(1)", "Section 36(8)", "regulation 5(1)", "4 January 2027"],
    "refusal-reasons": ["Section 36(8)", "Section 36(5)", "not to carry out an EHC needs assessment"],
    "chase-six-weeks": ["Regulation 5(1)", "six weeks", "13 July 2026", "19 weeks late", "19 October 2026"],
    "chase-plan": ["Regulation 13(2)", "20 weeks", "19 October 2026", "5 weeks late"],
    "draft-comments": ["regulation 13(1)", "30 November 2026", "section 39(4)", "section 38(3)"],
    "early-review": ["section 44", "[2022] EWHC 493 (Admin)"],
    "provision-not-delivered": ["Section 42", "Harrow"],
    "section-19": ["section 19 of the Education Act 1996"],
    "mediation-contact": ["regulation 33", "regulation 34", "three working days", "4 January 2027"],
    "council-complaint": ["formal complaint", "stage one", "regulation 13(2)"],
    "ombudsman-complaint": ["Stockport Council", "1 February 2027"],
    "subject-access": ["article 15", "23 December 2026"],
    "late-appeal-reasons": ["rules 5 and 20", "[2014] UKUT 4 (AAC)"],
    "expedite-hearing": ["rule 5", "EH000/00/00000"],
    "mp-overdue-assessment": ["Regulation 5(1)", "13 July 2026", "19 weeks late"],
    "mp-overdue-plan": ["Regulation 13(2)", "19 October 2026", "5 weeks late"],
    "mp-provision": ["Section 42"],
    "mp-no-reply": ["Section 19 of the Children and Families Act 2014"],
}


def filled(letter: str, facts: dict[str, str], today: date = TODAY) -> FilledLetter:
    """The letter with these facts."""
    return fill(letters()[letter], facts, today, calendar())


def text_of(letter: FilledLetter) -> str:
    """All that stands in it."""
    return "\n".join(letter.paragraphs)


def test_the_letters_are_there_and_have_no_faults() -> None:
    assert letter_faults() == []
    assert sorted(letters()) == ALL
    assert [name for name in letters() if letters()[name].audience == "office"] == sorted(OFFICES)


@pytest.mark.parametrize("letter", ALL)
def test_a_letter_with_all_facts_has_no_blank_but_cites_its_law_and_dates(letter: str) -> None:
    kind = letters()[letter]
    today = date(2027, 2, 1) if letter == "late-appeal-reasons" else TODAY
    made = filled(letter, full_facts(kind, today), today)
    assert made.missing == () and made.blanks == ()
    text = text_of(made)
    assert "[" not in text.replace("[2022]", "").replace("[2014]", "")
    assert "{" not in text and "}" not in text
    for piece in LAW[letter]:
        assert piece in text, f"{piece} is missing"


@pytest.mark.parametrize("letter", ALL)
def test_a_letter_without_facts_marks_every_blank_and_names_it(letter: str) -> None:
    kind = letters()[letter]
    made = filled(letter, {})
    text = text_of(made)
    assert made.missing
    for mark in made.blanks:
        assert mark in text + "".join(made.tips)
    for fact in kind.facts.values():
        if fact.required and fact.asked and not fact.when and fact.kind != "choice":
            assert fact.blank in text and fact.label in made.missing
    assert not re.search(r"[{}]|None(?! has)|Undefined", text)


@pytest.mark.parametrize("letter", ALL)
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_facts_stay_text(letter: str, value: str) -> None:
    kind = letters()[letter]
    made = filled(letter, {fact.id: value for fact in kind.facts.values()})
    text = text_of(made)
    assert "49" not in text.replace("493", "")
    assert not any(sign < " " and sign != "\n" for sign in text)
    assert "\ud800" not in text
    assert all("\n" not in part.text for part in made.parts)
    if value == HOSTILE[0]:
        assert "{{7*7}}" in text
    if value == HOSTILE[3]:
        assert "<b>bold</b>" in text


@pytest.mark.parametrize("letter", ALL)
def test_any_part_of_the_facts_makes_a_letter(letter: str) -> None:
    kind = letters()[letter]
    every = full_facts(kind)
    for name in every:
        without = filled(letter, {fact: value for fact, value in every.items() if fact != name})
        alone = filled(letter, {name: every[name]})
        for made in (without, alone):
            assert made.parts[-1].text and not re.search(r"[{}]", text_of(made))


@settings(max_examples=150, deadline=None)
@given(letter=st.sampled_from(ALL), data=st.data())
def test_no_text_whatever_breaks_a_letter_or_is_read_as_a_template(letter: str, data: st.DataObject) -> None:
    kind = letters()[letter]
    facts = data.draw(st.dictionaries(st.sampled_from(sorted(kind.facts)), st.text(max_size=200)))
    made = filled(letter, {name: f"{value}{{{{7*7}}}}" for name, value in facts.items()})
    assert "49" not in text_of(made).replace("493", "") or any("49" in value for value in facts.values())


def test_a_template_cannot_reach_python() -> None:
    for attack in (
        "{{ ''.__class__ }}",
        "{{ x.__init__.__globals__ }}",
        "{{ cycler }}",
        "{{ lipsum() }}",
        "{{ range(9) }}",
    ):
        with pytest.raises(Exception, match=r"undefined|unsafe|attribute"):
            render(attack, {"x": "text"})


def test_a_missing_value_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(Exception, match="child"):
        render("Dear {{ child }}", {})


# --- computed dates ---
def test_six_weeks_not_yet_over_are_not_called_late() -> None:
    text = text_of(filled("chase-six-weeks", {"request_date": "2026-11-02"}))
    assert "14 December 2026" in text and "late" not in text.lower().replace("later", "")


def test_the_last_day_itself_is_not_late() -> None:
    text = text_of(filled("chase-six-weeks", {"request_date": "2026-10-12"}))
    assert "The last day for that is 23 November 2026" in text


def test_a_plan_after_a_review_is_counted_from_the_meeting() -> None:
    facts = {"overdue": "review", "review_date": "2026-06-01"}
    text = text_of(filled("chase-plan", facts))
    assert "24 August 2026" in text and "13 weeks late" in text and "EWHC 493" in text and "20 weeks of" not in text


def test_a_plan_for_a_move_has_its_fixed_day() -> None:
    school = text_of(filled("chase-plan", {"overdue": "school_move", "school_move_date": "2027-09-01"}))
    assert "15 February 2027" in school and "September 2027" in school
    college = text_of(filled("chase-plan", {"overdue": "college_move", "college_move_date": "2027-09-01"}))
    assert "31 March 2027" in college


def test_a_refused_plan_gets_the_test_for_a_plan() -> None:
    text = text_of(filled("refusal-reasons", {"refused": "plan", "decision_date": "2026-11-02"}))
    assert "Section 37(1)" in text and "36(8)" not in text and "copies of all the advice" in text


def test_tips_give_the_day_to_appeal_and_say_when_it_has_passed() -> None:
    ahead = filled("refusal-reasons", {"decision_date": "2026-11-02"})
    assert any("5pm on 4 January 2027" in tip for tip in ahead.tips)
    late = filled("refusal-reasons", {"decision_date": "2026-08-03"})
    assert any("late appeal today" in tip for tip in late.tips)


def test_a_late_appeal_says_how_late_and_counts_the_certificate() -> None:
    without = filled("late-appeal-reasons", {"decision_date": "2026-09-01"})
    assert "2 November 2026" in text_of(without) and "3 weeks late" in text_of(without)
    with_one = filled("late-appeal-reasons", {"decision_date": "2026-09-01", "certificate_date": "2026-11-09"})
    assert any("may not be late at all" in tip and "9 December 2026" in tip for tip in with_one.tips)


def test_a_complaint_older_than_a_year_gives_a_reason() -> None:
    made = filled("ombudsman-complaint", {"known_date": "2025-02-03"})
    assert "[why you could not complain sooner]" in made.blanks
    assert "more than 12 months ago" in text_of(made)


def test_a_day_beyond_the_list_of_bank_holidays_leaves_a_blank_instead_of_a_guess() -> None:
    made = filled("early-review", {}, today=calendar().reach)
    assert "[a day two weeks from now]" in made.blanks


def test_a_list_typed_with_marks_becomes_a_list_without_them() -> None:
    made = filled("provision-not-delivered", {"missing": "- speech therapy\n2. a teaching assistant\n\n• OT"})
    items = [part.text for part in made.parts if part.kind == "item"]
    assert items[:3] == ["speech therapy", "a teaching assistant", "OT"]


def test_dates_and_options_that_cannot_be_used_count_as_not_known() -> None:
    facts = {"request_date": "soon", "overdue": "whenever", "child_name": ""}
    made = filled("chase-plan", facts)
    assert "[the day the council got the request]" in made.blanks and "[your child's name]" in made.blanks


# --- content ---
def test_every_letter_that_an_answer_or_the_understanding_names_is_there() -> None:
    from_entries = {tool[7:] for entry in entries().values() for tool in entry.tools if tool.startswith("letter:")}
    assert from_entries <= set(PARENTS)
    rows = read(NLU / "tools.yml").data["nlu"]
    labels = {row["intent"].split("/")[1] for row in rows if row["intent"].startswith("letter/")} - {"any"}
    assert labels == set(PARENTS)


def test_what_a_parent_is_told_is_plain() -> None:
    own = [letter for letter in letters().values() if letter.audience == "parent"]
    spoken = [text for letter in own for text in (letter.purpose, *(fact.question for fact in letter.facts.values()))]
    tips = [tip for letter in own for tip in filled(letter.id, full_facts(letter)).tips]
    hard = {text: grade(text) for text in (*spoken, *tips) if grade(text) > MAX_SHORT_GRADE}
    assert hard == {}


def test_no_letter_threatens() -> None:
    for letter in letters().values():
        text = " ".join(template for line in letter.paragraphs for template in line.templates).lower()
        for word in ("legal action", "court proceedings", "sue ", "demand", "or else", "solicitor", "press"):
            assert not re.search(rf"\b{word.strip()}\b", text), f"{letter.id}: {word}"


def test_no_command_word_means_two_things() -> None:
    seen: dict[str, str] = {}
    for name in ("why_ask", "skip", "go_back", "stop", "start_again", "show", "another", "done", "change"):
        for word in commands()[name]:
            assert word not in seen, f"'{word}' is {seen[word]} and {name}"
            seen[word] = name


def blanks_in(letter: LetterKind) -> list[str]:
    """The marks of a letter's facts and dates."""
    return [fact.blank for fact in letter.facts.values()] + [one.blank for one in letter.dates]


@pytest.mark.parametrize("letter", ALL)
def test_each_fact_of_a_letter_has_its_own_mark(letter: str) -> None:
    marks = [fact.blank for fact in letters()[letter].facts.values()]
    assert len(marks) == len(set(marks)) or letter in ("chase-plan", "mp-overdue-plan")
    assert all(mark.startswith("[") and mark.endswith("]") for mark in blanks_in(letters()[letter]))

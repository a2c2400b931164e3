"""Work on cases: moves, hands, notes, merges, and two people at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import replies, states, work
from bot.cases.index import catch_up
from bot.cases.states import MOVES, STATES, IllegalMove, check_move
from bot.cases.store import chain_breaks, read_case
from bot.cases.work import Doer, NoSuchCase, NotPossible, Stale
from bot.privacy.erasure import erase_case
from bot.store.inbox_tables import CaseFact, CaseNote, CaseReply, CaseTag, CaseWord
from bot.store.tables import CaseAddition, CaseEvent, Conversation
from bot.store.transcript import history
from bot.web.accounts import add_user
from tests.inbox.making import NOW, TODAY, Made


def events(made: Made, reference: str) -> list[str]:
    view = read_case(made.db, reference)
    assert view is not None
    return [kind for _, _, kind in view.events]


def test_every_state_has_its_moves_and_every_move_leads_to_a_state() -> None:
    assert set(MOVES) == set(STATES)
    assert all(to in STATES for moves in MOVES.values() for to in moves)
    assert {state.id for state in states.choices("new")} == {
        "acknowledged",
        "in_progress",
        "waiting_parent",
        "waiting_council",
    }


@given(st.sampled_from(sorted(STATES)) | st.text(), st.sampled_from(sorted(STATES)) | st.text())
def test_a_move_outside_the_table_is_refused(state: str, to: str) -> None:
    if to in MOVES.get(state, ()):
        check_move(state, to)
    else:
        with pytest.raises(IllegalMove):
            check_move(state, to)


def test_every_open_state_can_be_finished_and_nothing_leaves_erased() -> None:
    assert all({"resolved", "closed"} <= set(MOVES[state]) for state in states.OPEN)
    assert MOVES["erased"] == ()


def test_taking_a_new_case_acknowledges_it_and_tells_who_had_it(made: Made) -> None:
    reference = made.case()
    work.assign(made.db, reference, made.doer(reference), made.worker)
    assert made.row(reference).assigned_to == made.worker
    assert made.row(reference).state == "acknowledged"
    assert events(made, reference) == ["submitted", "assigned", "moved"]
    assert chain_breaks(made.db, reference) == []


def test_a_case_cannot_be_given_to_a_viewer_a_disabled_account_or_nobody_known(made: Made) -> None:
    reference = made.case()
    viewer = add_user(made.db, "viewer@example.org", "a long enough password", "viewer")
    for user in (viewer, "0" * 32):
        with pytest.raises(NotPossible, match="Choose a caseworker"):
            work.assign(made.db, reference, made.doer(reference), user)


def test_the_second_of_two_people_is_told_and_overwrites_nothing(made: Made) -> None:
    reference = made.case()
    one, two = made.doer(reference), made.doer(reference)
    work.move(made.db, reference, one, "waiting_council")
    with pytest.raises(Stale):
        work.move(made.db, reference, two, "waiting_parent")
    with pytest.raises(Stale):
        work.follow_up(made.db, reference, two, date(2026, 12, 1))
    row = made.row(reference)
    assert (row.state, row.follow_up_on) == ("waiting_council", None)


def test_a_note_needs_no_version_and_is_sealed(made: Made) -> None:
    reference = made.case()
    seen = made.doer(reference)
    work.note(made.db, reference, made.doer(), "marker of a note")
    work.move(made.db, reference, seen, "in_progress")
    with made.db.read_scope() as session:
        assert "marker" not in session.query(CaseNote).one().sealed_text
    with pytest.raises(NotPossible):
        work.note(made.db, reference, made.doer(), "  ")


def test_a_plain_move_cannot_close_merge_or_withdraw(made: Made) -> None:
    reference = made.case()
    for to in ("closed", "resolved", "merged", "withdrawn", "erased", "nowhere"):
        with pytest.raises(IllegalMove):
            work.move(made.db, reference, made.doer(reference), to)


def test_a_case_is_closed_with_an_outcome_and_reopened_without_one(made: Made) -> None:
    reference = made.case()
    with pytest.raises(NotPossible, match="outcome"):
        work.finish(made.db, reference, made.doer(reference), "closed", "")
    work.finish(made.db, reference, made.doer(reference), "closed", "solved")
    assert (made.row(reference).state, made.row(reference).outcome) == ("closed", "solved")
    work.reopen(made.db, reference, made.doer(reference))
    row = made.row(reference)
    assert (row.state, row.outcome, row.closed_at) == ("in_progress", None, None)


def test_a_merge_is_told_on_both_cases_and_can_be_undone(made: Made) -> None:
    one, other = made.case(), made.case()
    work.merge(made.db, one, made.doer(one), other.lower())
    assert (made.row(one).state, made.row(one).merged_into) == ("merged", other)
    assert events(made, other)[-1] == "merged_here"
    with pytest.raises(NotPossible):
        work.merge(made.db, other, made.doer(other), one)
    work.reopen(made.db, one, made.doer(one))
    assert (made.row(one).state, made.row(one).merged_into) == ("in_progress", None)


@pytest.mark.parametrize("into", ["", "SD-AAAA-AAAA", "itself"])
def test_a_case_merges_with_no_unknown_case_and_not_with_itself(made: Made, into: str) -> None:
    reference = made.case()
    with pytest.raises(NotPossible):
        work.merge(made.db, reference, made.doer(reference), reference if into == "itself" else into)


def test_tags_come_from_the_list_only(made: Made) -> None:
    reference = made.case()
    work.set_tags(made.db, reference, made.doer(), {"tribunal", "camhs"})
    work.set_tags(made.db, reference, made.doer(), {"camhs"})
    with made.db.read_scope() as session:
        assert [row.tag for row in session.query(CaseTag)] == ["camhs"]
    with pytest.raises(NotPossible):
        work.set_tags(made.db, reference, made.doer(), {"made up"})


def test_a_case_that_is_not_there_is_no_such_case(made: Made) -> None:
    with pytest.raises(NoSuchCase):
        work.note(made.db, "SD-AAAA-AAAA", made.doer(), "x")


def test_a_reply_is_a_turn_of_the_conversation_and_the_office_has_it_then(made: Made) -> None:
    conversation = made.conversation()
    reference = made.case(conversation)
    replies.reply(
        made.db, reference, made.doer(reference), "First part.\r\n\r\nSecond part.", "chat", "A caseworker writes:"
    )
    (turn,) = history(made.db, conversation, 0, 10)
    assert turn.author == "caseworker"
    assert [block["text"] for block in turn.blocks] == ["A caseworker writes:", "First part.", "Second part."]
    assert replies.conversation_state(made.db, conversation) == "office"
    assert made.row(reference).state == "in_progress"
    assert events(made, reference) == ["submitted", "replied", "moved"]
    (kept,) = replies.replies(made.db, reference)
    assert kept.delivery == "Waiting for the parent to return"
    replies.seen(made.db, conversation, turn.seq, NOW)
    assert replies.replies(made.db, reference)[0].delivery == "Seen by the parent"


def test_a_reply_keeps_its_lines_and_a_list_stays_a_list() -> None:
    told = replies.blocks(
        "What to do:\r\n- ring them\n- write it down\nThen wait.\n\n\n\nTest Parent\n  1 Test Street\n\n- \n"
    )
    assert [block["type"] for block in told] == ["text", "list", "text", "text", "text"]
    assert told[1]["items"] == ["ring them", "write it down"]  # type: ignore[typeddict-item]
    assert [block["text"] for block in told if block["type"] == "text"] == [
        "What to do:", "Then wait.", "Test Parent\n1 Test Street", "-",
    ]  # fmt: skip


def test_two_replies_at_once_send_one(made: Made) -> None:
    reference = made.case(made.conversation())
    one, two = made.doer(reference), made.doer(reference)
    replies.reply(made.db, reference, one, "Mine.", "chat", "Office")
    with pytest.raises(Stale):
        replies.reply(made.db, reference, two, "Mine too.", "chat", "Office")
    assert len(replies.replies(made.db, reference)) == 1


def test_a_parent_is_answered_where_they_came_from_and_by_mail_only_with_a_mail_server(made: Made) -> None:
    web, telegram, gone = made.case(made.conversation()), made.case(made.conversation("telegram")), made.case("f" * 32)
    assert replies.ways(made.db, web, mail=True) == ["chat", "email"]
    assert replies.ways(made.db, telegram, mail=False) == ["telegram"]
    assert replies.ways(made.db, gone, mail=False) == []
    with pytest.raises(NotPossible):
        replies.reply(made.db, gone, made.doer(gone), "Hello", "chat", "Office")


def test_the_conversation_goes_back_to_the_assistant_only_when_told(made: Made) -> None:
    conversation = made.conversation()
    reference = made.case(conversation)
    replies.hand_over(made.db, reference, made.doer(), "office")
    assert replies.conversation_state(made.db, conversation) == "office"
    replies.hand_over(made.db, reference, made.doer(), "bot")
    assert replies.conversation_state(made.db, conversation) == "bot"
    with pytest.raises(NotPossible):
        replies.hand_over(made.db, reference, made.doer(), "closed")


def test_a_parent_who_writes_opens_the_case_again_and_a_repeat_is_kept_once(made: Made) -> None:
    conversation = made.conversation(state="office")
    reference = made.case(conversation)
    work.finish(made.db, reference, made.doer(reference), "resolved", "solved")
    for _ in range(2):
        work.parent_wrote(made.db, conversation, "message-1", "It is not solved. Ring 07700 900123.", NOW)
    assert (made.row(reference).state, made.row(reference).outcome) == ("in_progress", None)
    with made.db.read_scope() as session:
        assert "07700" not in session.query(CaseAddition).one().sealed_text


def test_the_index_holds_no_readable_word(made: Made) -> None:
    made.case()
    assert catch_up(made.db, TODAY) == 1
    assert catch_up(made.db, TODAY) == 0
    with made.db.read_scope() as session:
        words = [row.word for row in session.query(CaseWord)]
        assert len(words) > 10 and not set(words) & {"marmalade", "test", "parent"}
        assert session.query(CaseFact).one().area == "SK3"


def test_erasing_a_case_leaves_no_note_reply_word_fact_or_tag(made: Made) -> None:
    reference = made.case(made.conversation())
    catch_up(made.db, TODAY)
    work.note(made.db, reference, made.doer(), "marker of a note")
    work.set_tags(made.db, reference, made.doer(), {"camhs"})
    replies.reply(made.db, reference, made.doer(reference), "marker of a reply", "chat", "Office")
    erase_case(made.db, reference, NOW)
    with made.db.read_scope() as session:
        for table in (CaseNote, CaseReply, CaseWord, CaseFact, CaseTag):
            assert session.query(table).count() == 0, table
    catch_up(made.db, TODAY)
    assert chain_breaks(made.db, reference) == []


def test_the_clock_moves_the_queue_and_the_change_is_told(made: Made) -> None:
    from tests.inbox.making import limit_rows, summary

    dates = {"decision_not_to_assess": "2026-11-20"}
    document = summary(dates, deadlines=limit_rows(dates), how_soon=None)
    reference = made.case(summary=document, urgency=2, stage="refused-assessment", issue="refused-assessment")
    catch_up(made.db, TODAY)
    before = made.row(reference)
    catch_up(made.db, date(2027, 1, 15))
    after = made.row(reference)
    assert after.urgency == 0 < before.urgency
    assert after.version == before.version
    assert "urgency" in events(made, reference)
    assert chain_breaks(made.db, reference) == []


def test_a_clock_event_names_no_person(made: Made) -> None:
    reference = made.case(made.conversation())
    replies.reply(made.db, reference, made.doer(reference), "marker of a reply", "chat", "Office")
    work.note(made.db, reference, Doer(made.worker, NOW), "marker of a note")
    with made.db.read_scope() as session:
        written = str([event.data for event in session.query(CaseEvent)])
    assert "marker" not in written and "@" not in written and "Test Parent" not in written
    assert session.query(Conversation).count() == 1

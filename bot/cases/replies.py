"""Replies of the office to a parent: stored with the case, and as a turn in the conversation it came from. Blocking."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.blocks import Block, bullets
from bot.blocks import text as paragraph
from bot.cases import states
from bot.cases.visits import append_event
from bot.cases.work import Doer, NotPossible, opened
from bot.store.engine import Database
from bot.store.inbox_tables import CaseReply
from bot.store.tables import Case, Conversation, OutboxRow, TelegramChat, Turn, new_id

WAYS = {"chat": "In the chat on the website", "telegram": "On Telegram", "email": "By e-mail"}


@dataclass(frozen=True)
class Reply:
    """One reply as the case page shows it. `delivery` says in words how far it has come."""

    id: str
    at: datetime
    author: str
    way: str
    text: str
    delivery: str


def ways(db: Database, reference: str, mail: bool) -> list[str]:
    """How a parent can be answered, the best first; by e-mail only where the office has a mail server (`mail`)."""
    with db.read_scope() as session:
        case = session.scalar(select(Case).where(Case.reference == reference))
        return [way for way in _ways(db, session, case) if mail or way != "email"] if case else []


def reply(db: Database, reference: str, doer: Doer, text: str, way: str, speaker: str) -> None:
    """Answers the parent; from then on the office has the conversation, until it hands it back.

    Args:
        speaker: who the parent is told is speaking, such as "A caseworker of the office of ...".

    Raises:
        NotPossible: when there is no text, or this way is not open.
        bot.cases.work.Stale: when the case has changed since the doer saw it.
    """
    if not text.strip():
        raise NotPossible("Write the reply first.")
    with opened(db, reference, doer) as (session, case):
        if way not in _ways(db, session, case):
            raise NotPossible("The parent cannot be reached this way.")
        row = CaseReply(id=new_id(), case_id=case.id, at=doer.now, author=doer.user_id, way=way)
        row.sealed_text = db.vault.seal("case_replies", "text", row.id, text.strip())
        if way == "email":
            session.add(_mail(db, case, row, doer.now))
        else:
            row.conversation_id = case.conversation_id
            row.turn_seq = _add_turn(db, session, case, row.id, text.strip(), speaker, doer.now)
        session.add(row)
        append_event(session, case.id, doer.now, doer.user_id, "replied", {"reply": row.id, "way": way})
        case.updated_at = doer.now
        to = states.when_answered(case.state)
        if to != case.state:
            append_event(session, case.id, doer.now, doer.user_id, "moved", {"from": case.state, "to": to})
            case.state = to


def hand_over(db: Database, reference: str, doer: Doer, to: str) -> None:
    """Gives the conversation to the office or back to the assistant (`to` is office or bot)."""
    if to not in ("office", "bot"):
        raise NotPossible("The conversation can go to the office or to the assistant.")
    with opened(db, reference, doer) as (session, case):
        conversation = (
            session.get(Conversation, case.conversation_id, with_for_update=True) if case.conversation_id else None
        )
        if conversation is None:
            raise NotPossible("The conversation is no longer there.")
        if conversation.state != to:
            data = {"from": conversation.state, "to": to}
            append_event(session, case.id, doer.now, doer.user_id, "conversation", data)
            conversation.state = to


def conversation_state(db: Database, conversation_id: str | None) -> str | None:
    """Who speaks in a conversation: bot, office or closed; None when it is no longer there."""
    with db.read_scope() as session:
        conversation = session.get(Conversation, conversation_id) if conversation_id else None
        return conversation.state if conversation else None


def seen(db: Database, conversation_id: str, seq: int, now: datetime) -> None:
    """The parent's device has fetched the conversation up to this turn."""
    with db.session_scope() as session:
        session.execute(
            update(CaseReply)
            .where(CaseReply.conversation_id == conversation_id, CaseReply.turn_seq <= seq, CaseReply.seen_at.is_(None))
            .values(seen_at=now)
        )


def replies(db: Database, reference: str) -> list[Reply]:
    """A case's replies, oldest first."""
    with db.read_scope() as session:
        found = select(CaseReply).join(Case, Case.id == CaseReply.case_id).where(Case.reference == reference)
        return [_opened(db, session, row) for row in session.scalars(found.order_by(CaseReply.at, CaseReply.id))]


def _ways(db: Database, session: Session, case: Case) -> list[str]:
    conversation = session.get(Conversation, case.conversation_id) if case.conversation_id else None
    found = []
    if conversation is not None and conversation.state != "closed":
        found.append("telegram" if conversation.channel == "telegram" else "chat")
    contact = db.unseal_json("cases", "contact", case.id, case.sealed_contact) if case.sealed_contact else {}
    return [*found, "email"] if contact.get("email") else found


def _add_turn(db: Database, session: Session, case: Case, reply_id: str, text: str, speaker: str, now: datetime) -> int:
    """The reply as a turn: who speaks first, then the text in its paragraphs."""
    conversation = session.get(Conversation, case.conversation_id, with_for_update=True)
    if conversation is None:
        raise NotPossible("The conversation is no longer there.")
    last = session.scalar(select(func.max(Turn.seq)).where(Turn.conversation_id == conversation.id)) or 0
    turn = Turn(conversation_id=conversation.id, seq=last + 1, message_id=reply_id, author="caseworker", at=now)
    turn.entries, turn.private_next = [], False
    told = [paragraph(speaker), *blocks(text)]
    turn.sealed_blocks = db.seal_json("turns", "blocks", f"{conversation.id}:{turn.seq}", told)
    session.add(turn)
    conversation.state, conversation.last_at = "office", now
    return turn.seq


def blocks(text: str) -> list[Block]:
    """A reply as parents see it: paragraphs with the lines they were written in, and lists where lines begin with a dash."""
    found: list[Block] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        for listed, run in groupby(lines, key=lambda line: line.startswith(_DASHES)):
            told = list(run)
            found.append(bullets([line[2:].strip() for line in told]) if listed else paragraph("\n".join(told)))
    return found


_DASHES = ("- ", "– ", "• ", "* ")


def _mail(db: Database, case: Case, row: CaseReply, now: datetime) -> OutboxRow:
    """The outbox sends it; its payload names the reply and holds no text."""
    mail = OutboxRow(id=new_id(), kind="case.reply", dedupe_key=f"case.reply:{row.id}", next_at=now)
    payload = {"case": case.id, "reference": case.reference, "reply": row.id}
    mail.sealed_payload = db.seal_json("outbox", "payload", mail.id, payload)
    return mail


def _opened(db: Database, session: Session, row: CaseReply) -> Reply:
    text = db.vault.unseal("case_replies", "text", row.id, row.sealed_text)
    return Reply(row.id, row.at, row.author, row.way, text, _delivery(session, row))


def _delivery(session: Session, row: CaseReply) -> str:
    """In words; a conversation that is gone took the turn with it."""
    if row.way == "email":
        mail = session.scalar(select(OutboxRow).where(OutboxRow.dedupe_key == f"case.reply:{row.id}"))
        return _MAIL.get(mail.state, mail.state) if mail else "Sent"
    if row.way == "telegram":
        chat = session.scalar(select(TelegramChat).where(TelegramChat.conversation_id == row.conversation_id))
        return "Sent" if chat and chat.told_seq >= (row.turn_seq or 0) else "On its way"
    return "Seen by the parent" if row.seen_at else "Waiting for the parent to return"


_MAIL = {
    "waiting": "On its way",
    "sending": "On its way",
    "handing": "On its way",
    "done": "Sent",
    "held": "Held: no mail server is set up",
    "failed": "Failed: see the outbox",
    "unsure": "Perhaps sent: see the outbox",
}

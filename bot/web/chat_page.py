"""The chat page and the landing page. Works without scripts: forms, redirects, and one signed cookie."""

import base64
import binascii
import secrets
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.gateway import ButtonUnknown
from bot.channels.waiting import Busy
from bot.knowledge.words import say
from bot.store.transcript import ConversationGone, StoredTurn
from bot.web.access import Access, cookie_name, guarded
from bot.web.chat_api import count_turn, new_conversation, rate, read_message, read_message_id, unreadable_button
from bot.web.errors import Refused, bad_request, busy
from bot.web.office import office
from bot.web.tokens import LIFE_SECONDS
from bot.web.widget.bundle import component

COOKIE = "chat"


def routes() -> list[Route]:
    """The pages that a parent sees."""
    return [
        guarded("/", landing, Access.PUBLIC),
        guarded("/chat", show_chat, Access.PUBLIC),
        guarded("/chat", post_chat, Access.PUBLIC, ["POST"]),
        guarded("/chat/frame", show_frame, Access.PUBLIC),
        guarded("/chat/leave", leave, Access.PUBLIC, ["POST"]),
        guarded("/chat/person", show_person, Access.PUBLIC),
        guarded("/chat/delete", ask_delete, Access.PUBLIC),
        guarded("/chat/delete", do_delete, Access.PUBLIC, ["POST"]),
        guarded("/chat/useful", post_useful, Access.PUBLIC, ["POST"]),
        guarded("/chat/files/{seq:int}/{number:int}", download, Access.PUBLIC),
        guarded("/chat/letters/{seq:int}/{number:int}", show_letter, Access.PUBLIC),
    ]


async def landing(request: Request) -> Response:
    """What this is, the way to the chat, privacy in three lines."""
    return office(request).templates.TemplateResponse(request, "landing.html")


async def show_chat(request: Request) -> Response:
    """The conversation so far and the box to write in."""
    return await _page(request)


async def show_frame(request: Request) -> Response:
    """The same without header and footer, for an <iframe> on a site that allows no scripts of others."""
    return await _page(request, framed=True)


async def leave(request: Request) -> Response:
    """Forgets the cookie of the form page: nothing is to stay in a shared computer's browser."""
    return _without_cookie(request, Response(status_code=204))


async def post_chat(request: Request) -> Response:
    """One message sent as a form; then back to the page, so that a reload sends nothing twice."""
    form = await request.form(max_files=0, max_fields=10)
    try:
        said = read_message(_field(form, "text"), _field(form, "button"))
        message_id = read_message_id(_field(form, "message_id"))
        conversation = await _conversation(request) or await new_conversation(request)
        count_turn(request, conversation)
        await office(request).gateway.turn(conversation, said, message_id, "web")
    except ButtonUnknown:
        return await _page(request, unreadable_button())
    except ConversationGone:
        return _without_cookie(request, RedirectResponse("/chat", 303))
    except Busy as error:
        return await _page(
            request, busy(error.seconds, office(request).settings.office.phone), str(form.get("text", ""))
        )
    except Refused as refused:
        return await _page(request, refused, str(form.get("text", "")))
    response = RedirectResponse("/chat#latest", 303)
    _set_cookie(request, response, conversation)
    return response


async def show_person(request: Request) -> Response:
    """The ways to a person."""
    return office(request).templates.TemplateResponse(request, "person.html", {"message_id": _message_id()})


async def ask_delete(request: Request) -> Response:
    """Asks before deleting."""
    return office(request).templates.TemplateResponse(request, "delete.html")


async def do_delete(request: Request) -> Response:
    """Deletes the conversation of the cookie, and the cookie."""
    conversation = await _conversation(request)
    if conversation:
        await office(request).gateway.erase(conversation)
    page = {"title": "Deleted", "message": say("office", "deleted")}
    response = office(request).templates.TemplateResponse(request, "error.html", page)
    return _without_cookie(request, response)


async def post_useful(request: Request) -> Response:
    """Whether an answer was useful, then back to that answer."""
    form = await request.form(max_files=0, max_fields=5)
    turn, useful = read_message_id(_field(form, "turn")), _field(form, "useful")
    conversation = await _conversation(request)
    if conversation is None:
        return _without_cookie(request, RedirectResponse("/chat", 303))
    if useful not in ("yes", "no"):
        raise bad_request()
    await rate(request, conversation, turn, useful == "yes")
    return RedirectResponse(f"/chat#turn-{turn}", 303)


async def download(request: Request) -> Response:
    """A file of a reply just given. Files are not stored: later the assistant makes them anew."""
    file = await _block(request, "file")
    try:
        content = base64.b64decode(file["content"], validate=True)
    except binascii.Error:
        content = b""
    if not content:
        raise _missing()
    name = "".join(sign for sign in file["name"] if sign.isascii() and (sign.isalnum() or sign in "-_."))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=file["mime"], headers=headers)


async def show_letter(request: Request) -> Response:
    """A letter on a page of its own, which prints as the letter alone."""
    letter = await _block(request, "letter")
    return office(request).templates.TemplateResponse(request, "letter.html", {"letter": letter})


async def _block(request: Request, kind: str) -> dict[str, Any]:
    """The block of this kind that the address names: the turn's number, and which of its blocks of the kind."""
    conversation = await _conversation(request)
    turns = await office(request).gateway.history(conversation) if conversation else []
    seq, number = int(request.path_params["seq"]), int(request.path_params["number"])
    found: list[dict[str, Any]] = [
        block for turn in turns if turn.seq == seq for block in turn.blocks if block["type"] == kind
    ]
    if number >= len(found):
        raise _missing()
    return found[number]


def _missing() -> Refused:
    return Refused(404, "not_found", say("office", "not_found"))


async def _page(request: Request, refused: Refused | None = None, text: str = "", framed: bool = False) -> Response:
    """The chat page; with a refusal it says what was wrong and keeps what was written."""
    conversation = await _conversation(request)
    turns = await _seen_now(request, conversation) if conversation else []
    settings = office(request).settings
    context = {
        "turns": turns,
        "session": office(request).tokens.issue("chat", conversation) if conversation else "",
        "message_id": _message_id(),
        "problem": refused.detail if refused else "",
        "text": text,
        "framed": framed,
        "widget": component(settings.office, settings.conversation_days).name,
    }
    status, headers = (refused.status_code, refused.headers) if refused else (200, None)
    return office(request).templates.TemplateResponse(request, "chat.html", context, status, headers)


async def _seen_now(request: Request, conversation: str) -> list[StoredTurn]:
    """The turns for the page, which is what the parent looks at: replies of the office in it are seen."""
    gateway = office(request).gateway
    turns = await gateway.history(conversation)
    from_office = [turn.seq for turn in turns if turn.author == "caseworker"]
    if from_office:
        await gateway.seen(conversation, from_office[-1])
    return turns


async def _conversation(request: Request) -> str | None:
    """The conversation that the cookie opens, if it is still there."""
    token = request.cookies.get(cookie_name(request, COOKIE), "")
    conversation = office(request).tokens.read("chat-page", token)
    return conversation if conversation and await office(request).gateway.exists(conversation) else None


def _field(form: FormData, name: str) -> str | None:
    value = form.get(name)
    return value if isinstance(value, str) else None


def _message_id() -> str:
    return secrets.token_urlsafe(16)


def _set_cookie(request: Request, response: Response, conversation: str) -> None:
    response.set_cookie(
        cookie_name(request, COOKIE),
        office(request).tokens.issue("chat-page", conversation),
        max_age=LIFE_SECONDS,
        httponly=True,
        secure=office(request).settings.secure,
        samesite="lax",
    )


def _without_cookie(request: Request, response: Response) -> Response:
    response.delete_cookie(
        cookie_name(request, COOKIE), httponly=True, secure=office(request).settings.secure, samesite="lax"
    )
    return response

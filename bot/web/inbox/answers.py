"""One answer of the knowledge base, as the assistant gives it now."""

from starlette.requests import Request
from starlette.responses import Response

from bot.knowledge.entries import entries
from bot.knowledge.words import say
from bot.web.errors import Refused
from bot.web.inbox.pages import page, today


async def show_answer(request: Request) -> Response:
    """The entry; says when what the parent was told was an older version."""
    entry = entries().get(request.path_params["entry"])
    if entry is None:
        raise Refused(404, "not_found", say("office", "not_found"))
    told = request.query_params.get("version", "")
    context = {"entry": entry, "changed": bool(told) and told != entry.version, "held": entry.held(today())}
    return page(request, "answer.html", context)

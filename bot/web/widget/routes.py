"""Where the widget is served: under a name that stays, for any site, and under its hash, to be kept for good."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.knowledge.words import say
from bot.settings import Settings
from bot.web.access import Access, guarded
from bot.web.errors import Refused
from bot.web.widget.bundle import Bundle, component

# A change reaches a page within five minutes; a visitor of the last week starts from what the browser has (docs/adr/0007).
WHILE = "public, max-age=300, stale-while-revalidate=604800"
FOREVER = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"send-desk-[0-9a-f]{10}\.js")
# Any page may load these files: they hold no secret, and module scripts of another origin need CORS.
_OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Accept-Encoding"}


def routes(settings: Settings) -> list[Route]:
    """The widget's addresses; it is joined once, at the start."""
    widget = component(settings.office, settings.conversation_days)

    async def widget_loader(request: Request) -> Response:
        return _file(request, widget, WHILE)

    async def widget_file(request: Request) -> Response:
        name = request.path_params["name"]
        if not _HASHED.fullmatch(name):
            raise Refused(404, "not_found", say("office", "not_found"))
        # A page kept from before an update asks for an old name: it gets the newest widget.
        return _file(request, widget, FOREVER if name == widget.name else "no-store")

    return [
        guarded("/widget/v1/loader.js", widget_loader, Access.PUBLIC),
        guarded("/widget/v1/{name}", widget_file, Access.PUBLIC),
    ]


def _file(request: Request, bundle: Bundle, keep: str) -> Response:
    headers = {**_OPEN, "Cache-Control": keep, "ETag": f'W/"{bundle.name}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(bundle.content, media_type="text/javascript", headers=headers)
    return Response(bundle.zipped, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})

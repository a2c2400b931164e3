"""Where the widget's files are served: the loader under a name that stays, the component under its hash."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.knowledge.words import say
from bot.settings import Settings
from bot.web.access import Access, guarded
from bot.web.errors import Refused
from bot.web.widget.bundle import Bundle, component, loader

LOADER_SECONDS = 300  # how long a change of the widget may take to reach a page
FOREVER = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"send-desk-[0-9a-f]{10}\.js")
# Any page may load these files: they hold no secret, and module scripts of another origin need CORS.
_OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Accept-Encoding"}


def routes(settings: Settings) -> list[Route]:
    """The widget's files, joined once at the start."""
    widget = component(settings.office)
    first = loader(widget)

    async def widget_loader(request: Request) -> Response:
        return _file(request, first, f"public, max-age={LOADER_SECONDS}")

    async def widget_file(request: Request) -> Response:
        name = request.path_params["name"]
        if not _HASHED.fullmatch(name):
            raise Refused(404, "not_found", say("office", "not_found"))
        # A loader kept from before an update asks for the old name: it gets the newest file.
        return _file(request, widget, FOREVER if name == widget.name else "no-store")

    return [
        guarded("/widget/v1/loader.js", widget_loader, Access.PUBLIC),
        guarded("/widget/v1/{name}", widget_file, Access.PUBLIC),
    ]


def _file(request: Request, bundle: Bundle, keep: str) -> Response:
    headers = {**_OPEN, "Cache-Control": keep}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(bundle.content, media_type="text/javascript", headers=headers)
    return Response(bundle.zipped, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})

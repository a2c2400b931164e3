"""The caseworker's inbox: server-rendered pages for the members of the office, working without scripts."""

from bot.web.inbox.provider_login import BACK as PROVIDER_BACK
from bot.web.inbox.routes import routes

__all__ = ["PROVIDER_BACK", "routes"]

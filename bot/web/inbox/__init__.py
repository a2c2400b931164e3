"""The caseworker's inbox: server-rendered pages for the members of the office, working without scripts."""

from bot.web.inbox.routes import routes

__all__ = ["routes"]

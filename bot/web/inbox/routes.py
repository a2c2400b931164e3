"""Every route of the inbox with who may use it: this table is the whole of the inbox's authorisation."""

from starlette.routing import Route

from bot.web.access import Access, guarded
from bot.web.inbox import account, answers, case, deeds, live, login, queue

GET, POST = ("GET",), ("POST",)
_CASE = "/inbox/cases/{reference}"

TABLE = (
    ("/inbox/login", login.show_login, Access.PUBLIC, GET),
    ("/inbox/login", login.do_login, Access.PUBLIC, POST),
    ("/inbox/login/code", login.show_code, Access.HALF, GET),
    ("/inbox/login/code", login.do_code, Access.HALF, POST),
    ("/inbox/logout", login.do_logout, Access.ACCOUNT, POST),
    ("/inbox/account", account.show_account, Access.ACCOUNT, GET),
    ("/inbox/account/second-factor", account.show_second_factor, Access.ACCOUNT, GET),
    ("/inbox/account/second-factor", account.do_second_factor, Access.ACCOUNT, POST),
    ("/inbox", queue.show_queue, Access.STAFF, GET),
    ("/inbox/live", live.stream, Access.STAFF, GET),
    ("/inbox/views", queue.save_view, Access.STAFF, POST),
    ("/inbox/views/{view}/delete", queue.delete_view, Access.STAFF, POST),
    ("/inbox/answers/{entry}", answers.show_answer, Access.STAFF, GET),
    (_CASE, case.show_case, Access.STAFF, GET),
    (_CASE + "/state", deeds.do_state, Access.WORK, POST),
    (_CASE + "/assign", deeds.do_assign, Access.WORK, POST),
    (_CASE + "/follow-up", deeds.do_follow_up, Access.WORK, POST),
    (_CASE + "/tags", deeds.do_tags, Access.WORK, POST),
    (_CASE + "/note", deeds.do_note, Access.WORK, POST),
    (_CASE + "/reply", deeds.do_reply, Access.WORK, POST),
    (_CASE + "/conversation", deeds.do_conversation, Access.WORK, POST),
    (_CASE + "/finish", deeds.do_finish, Access.WORK, POST),
    (_CASE + "/reopen", deeds.do_reopen, Access.WORK, POST),
    (_CASE + "/merge", deeds.do_merge, Access.WORK, POST),
    (_CASE + "/transcript", deeds.show_transcript, Access.WORK, POST),
)


def routes() -> list[Route]:
    """The inbox's routes."""
    return [guarded(path, endpoint, access, methods) for path, endpoint, access, methods in TABLE]

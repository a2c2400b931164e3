"""Every route of the inbox with who may use it: this table is the whole of the inbox's authorisation."""

from starlette.routing import Route

from bot.web.access import Access, guarded
from bot.web.inbox import account, answers, case, deeds, evidence, files, live, login, provider_login, queue, running

GET, POST = ("GET",), ("POST",)
_CASE = "/inbox/cases/{reference}"

TABLE = (
    ("/inbox/login", login.show_login, Access.PUBLIC, GET),
    ("/inbox/login", login.do_login, Access.PUBLIC, POST),
    (provider_login.BEGIN, provider_login.begin, Access.PUBLIC, GET),
    (provider_login.BACK, provider_login.finish, Access.PUBLIC, GET),
    ("/inbox/login/code", login.show_code, Access.HALF, GET),
    ("/inbox/login/code", login.do_code, Access.HALF, POST),
    ("/inbox/logout", login.do_logout, Access.ACCOUNT, POST),
    ("/inbox/account", account.show_account, Access.ACCOUNT, GET),
    ("/inbox/account/password", account.do_password, Access.ACCOUNT, POST),
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
    (_CASE + "/print", files.print_case, Access.WORK, POST),
    (_CASE + "/json", files.case_json, Access.WORK, POST),
    (_CASE + "/letters/{letter}", files.show_letter, Access.WORK, GET),
    (_CASE + "/letters/{letter}", files.make_letter, Access.WORK, POST),
    ("/inbox/list.csv", files.list_csv, Access.WORK, POST),
    ("/inbox/evidence", evidence.show_evidence, Access.MANAGE, GET),
    ("/inbox/evidence/charts/{table}.svg", evidence.show_chart, Access.MANAGE, GET),
    ("/inbox/evidence/csv", evidence.evidence_csv, Access.MANAGE, POST),
    ("/inbox/evidence/briefing", evidence.evidence_briefing, Access.MANAGE, POST),
    ("/inbox/running", running.show_running, Access.MANAGE, GET),
    ("/inbox/running/switches", running.do_switch, Access.MANAGE, POST),
    ("/inbox/running/outbox/{row}", running.do_retry, Access.MANAGE, POST),
    ("/inbox/running/log", running.show_log, Access.MANAGE, GET),
    ("/inbox/running/log", running.check_log, Access.MANAGE, POST),
    ("/inbox/running/users", running.show_users, Access.MANAGE, GET),
    ("/inbox/running/users", running.do_user, Access.MANAGE, POST),
)


def routes() -> list[Route]:
    """The inbox's routes."""
    return [guarded(path, endpoint, access, methods) for path, endpoint, access, methods in TABLE]

"""Sends a case's notice by e-mail: SMTP with STARTTLS, one conversation a message, nothing personal unless the office says so."""

import hashlib
import json
import ssl
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

import aiosmtplib

from bot.cases.delivery_settings import MailSettings
from bot.cases.notice import Notice
from bot.cases.summary_text import as_text
from bot.limits import DELIVERY_SECONDS

_HANDED_OVER_OR_NOT = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError)


class NotSent(Exception):
    """The mail was surely not accepted and may be tried again. The text names the error's kind, nothing more."""


class PerhapsSent(Exception):
    """The connection broke while the mail was handed over: it may have been accepted. A person decides."""


def message(notice: Notice, settings: MailSettings) -> EmailMessage:
    """The mail for a notice. The library refuses line breaks in headers; all that stands in them is the office's own."""
    made = EmailMessage(policy=SMTP_POLICY)
    made["From"], made["To"], made["Subject"] = settings.sender, settings.recipient, notice.subject
    made["Date"] = format_datetime(notice.at)
    made["Message-ID"] = message_id(notice, settings.sender)
    made["Auto-Submitted"] = "auto-generated"
    lines = notice.lines()
    if settings.full and notice.document is not None:
        lines += ["", as_text(notice.document, notice.reference)]
    made.set_content("\n".join(lines) + "\n")
    if settings.attach and notice.document is not None:
        content = json.dumps(notice.document, ensure_ascii=False, indent=2).encode()
        made.add_attachment(content, maintype="application", subtype="json", filename=f"{notice.reference}.json")
    return made


def message_id(notice: Notice, sender: str) -> str:
    """The same for every try of one notice, so that receivers can tell a repeat."""
    digest = hashlib.sha256(notice.id.encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rsplit('@', 1)[1]}>"


async def send(notice: Notice, settings: MailSettings, handing_over: Callable[[], Awaitable[None]]) -> None:
    """Sends one mail.

    Args:
        handing_over: awaited right before the mail itself goes out; from then on it may have been accepted.

    Raises:
        NotSent: when it surely was not.
        PerhapsSent: when nobody can know.
    """
    client = _client(settings)
    try:
        await _introduce(client, settings)
        await handing_over()
        await _hand_over(client, message(notice, settings).as_bytes())
    finally:
        client.close()


async def _introduce(client: aiosmtplib.SMTP, settings: MailSettings) -> None:
    """Everything up to the mail itself; an error here means that nothing was sent."""
    try:
        await client.connect()
        if settings.user:
            await client.login(settings.user, settings.password)
        await client.mail(settings.sender)
        await client.rcpt(settings.recipient)
    except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
        raise NotSent(_kind(error)) from None


async def _hand_over(client: aiosmtplib.SMTP, content: bytes) -> None:
    try:
        await client.data(content)
    except _HANDED_OVER_OR_NOT as error:
        raise PerhapsSent(_kind(error)) from None
    except aiosmtplib.SMTPException as error:
        raise NotSent(_kind(error)) from None


def _client(settings: MailSettings) -> aiosmtplib.SMTP:
    context = ssl.create_default_context(cafile=str(settings.authority) if settings.authority else None)
    return aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        timeout=DELIVERY_SECONDS,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=context if settings.security != "none" else None,
        local_hostname="send-desk",
    )


def _kind(error: BaseException) -> str:
    """The error's kind and SMTP code; never the server's words, which may repeat addresses."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__

"""Sends a case's notice to the office's case system: a signed call in the form of Standard Webhooks."""

import hashlib
import json
from datetime import datetime

import httpx
from standardwebhooks import Webhook

from bot.cases.delivery_settings import WebhookSettings
from bot.cases.mail import NotSent
from bot.cases.notice import Notice
from bot.limits import DELIVERY_SECONDS


def webhook_id(notice: Notice) -> str:
    """The same for every try of one notice: by it the receiver leaves out what it has had."""
    return f"msg_{hashlib.sha256(notice.id.encode()).hexdigest()[:32]}"


def body(notice: Notice) -> str:
    """The call's body, always the same for one notice."""
    told = {"type": notice.kind, "timestamp": notice.at.isoformat(), "data": notice.data()}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


async def call(notice: Notice, settings: WebhookSettings, now: datetime) -> None:
    """Calls the receiver once.

    Raises:
        bot.cases.mail.NotSent: when it did not answer with 2xx; it may be called again, with the same id.
    """
    content = body(notice)
    headers = {
        "webhook-id": webhook_id(notice),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(settings.secret).sign(webhook_id(notice), now, content),
        "content-type": "application/json",
    }
    try:
        async with httpx.AsyncClient(timeout=DELIVERY_SECONDS, follow_redirects=False, trust_env=False) as client:
            response = await client.post(settings.url, content=content.encode(), headers=headers)
    except httpx.HTTPError as error:
        raise NotSent(type(error).__name__) from None
    if not response.is_success:
        raise NotSent(f"status {response.status_code}")

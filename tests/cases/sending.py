"""Made submissions and real receivers: an SMTP server with STARTTLS and an HTTP server, both on this machine."""

import asyncio
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.cases.codes import hashed
from bot.cases.form import Submission
from bot.cases.store import QueueFields, submit
from bot.dialogue.deadline_state import ClockState
from bot.dialogue.memory import Memory
from bot.store.engine import Database
from tests.cases.talking import CODE, Talk, setting
from tests.services import free_port

MARKERS = (
    "Sam Markerton",
    "sam.markerton@example.org",
    "7700900123",
    "SK3 8AB",
    "Marker Primary",
    "marker of the story",
    "Alexmarker",
)
SECRET = "whsec_" + "c2VuZC1kZXNrLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVz"


def made_submission(key: str = "key-1", conversation: str = "c" * 32, **facts: str) -> Submission:
    """A whole case, made by talking to the form."""
    clock = ClockState(facts=facts or {"request_received": "2026-05-04"}).to_dict()
    talk = (
        Talk(setting(token=key, conversation=conversation), Memory(clock=clock, told=["mediation@1a2b3c4d"]))
        .agree()
        .say("yes")
    )
    answers = {
        "name": "Sam Markerton", "contact": "sam.markerton@example.org or 07700 900123", "postcode": "SK3 8AB",
        "relation": "mother", "child": "year 5", "story": "This is the marker of the story about my child.",
        "issue": "The plan is late", "stage": "assessing", "dates": "skip", "tried": "I rang twice and wrote a letter", "want": "A plan at last",
        "hurts": "within a few weeks", "council": "Stockport Council", "school": "Marker Primary", "child_name": "Alexmarker",
        "access": "skip", "best_time": "skip",
    }  # fmt: skip
    while talk.draft.phase in ("ask", "confirm"):
        talk.say("yes" if talk.draft.phase == "confirm" else answers[str(talk.draft.asked)])
    talk.say("send")
    return talk.submitted[0]


def store(db: Database, made: Submission, code: str = CODE) -> str:
    """Stores a submission as the action does."""
    return submit(
        db, idempotency_key=made.key, conversation_id=made.conversation, summary=made.summary, contact=made.contact,
        queue=QueueFields(**made.queue), consent_version=made.consent_version, now=made.now, code_hash=hashed(code),
    )  # fmt: skip


def stored_case(db: Database, key: str = "key-1", **facts: str) -> str:
    """One stored case; returns its reference."""
    return store(db, replace(made_submission(key, **facts), conversation=key.rjust(32, "c")))


@dataclass
class Mailbox:
    """A real mail server that keeps what it gets; `refuse` makes it turn everything away."""

    port: int
    authority: Path
    got: list[Message] = field(default_factory=list)
    refuse: bool = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert session.ssl is not None
        self.got.append(message_from_bytes(envelope.content or b""))
        return "250 OK"

    def environment(self) -> dict[str, str]:
        return {
            "SEND_DESK_SMTP_HOST": "localhost", "SEND_DESK_SMTP_PORT": str(self.port), "SEND_DESK_SMTP_CA": str(self.authority),
            "SEND_DESK_MAIL_FROM": "desk@example.org", "SEND_DESK_MAIL_TO": "office@example.org",
        }  # fmt: skip


@contextmanager
def mailbox(folder: Path, tls: bool = True) -> Iterator[Mailbox]:
    """The mail server, running."""
    certificate = made_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    box = Mailbox(free_port(), certificate)
    options: dict[str, Any] = {"tls_context": context, "require_starttls": True} if tls else {}
    controller = Controller(box, hostname="127.0.0.1", port=box.port, server_hostname="localhost", **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def made_certificate(folder: Path) -> Path:
    """A certificate for localhost, good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(hours=1), now + timedelta(hours=1)
    )
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        builder.add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@dataclass
class Receiver:
    """A real case system: keeps every call with its headers; answers `status`."""

    port: int
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204

    @property
    def accepted(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.calls]

    def environment(self) -> dict[str, str]:
        return {"SEND_DESK_WEBHOOK_URL": f"http://127.0.0.1:{self.port}/cases", "SEND_DESK_WEBHOOK_SECRET": SECRET}


@contextmanager
def receiver() -> Iterator[Receiver]:
    """The case system, running."""
    found = Receiver(free_port())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", found.port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def run(coroutine: Any) -> Any:
    """Runs a coroutine to its end."""
    return asyncio.run(coroutine)

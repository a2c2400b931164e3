"""Reads Telegram's HTML as strictly as Telegram does: what is left is the text, or an error."""

from html.parser import HTMLParser

ALLOWED = {"b", "i", "u", "s", "code", "pre", "a", "blockquote"}
ENTITIES = {"lt", "gt", "amp", "quot"}  # and numeric ones


class MarkupWrong(ValueError):
    """HTML that Telegram would refuse with "can't parse entities"."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.text: list[str] = []
        self.open: list[str] = []
        self.links: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            raise MarkupWrong(f"unsupported start tag {tag}")
        if tag in self.open:
            raise MarkupWrong(f"{tag} within {tag}")
        self.open.append(tag)
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise MarkupWrong(f"unexpected end tag {tag}")

    def handle_data(self, data: str) -> None:
        if "<" in data or "&" in data:
            raise MarkupWrong("a bare < or &")
        self._add(data)

    def handle_entityref(self, name: str) -> None:
        if name not in ENTITIES:
            raise MarkupWrong(f"unknown entity {name}")
        self._add({"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[name])

    def handle_charref(self, name: str) -> None:
        self._add(chr(int(name[1:], 16) if name[0] in "xX" else int(name)))

    def handle_comment(self, data: str) -> None:
        raise MarkupWrong("a comment")

    def handle_decl(self, decl: str) -> None:
        raise MarkupWrong("a declaration")

    def unknown_decl(self, data: str) -> None:
        raise MarkupWrong("a declaration")

    def handle_pi(self, data: str) -> None:
        raise MarkupWrong("an instruction")

    def _add(self, text: str) -> None:
        self.text.append(text)
        if "a" in self.open:
            url, words = self.links[-1]
            self.links[-1] = (url, words + text)


def read(html: str) -> tuple[str, list[tuple[str, str]]]:
    """The text of Telegram HTML, and its links as (address, words).

    Raises:
        MarkupWrong: when Telegram would refuse it.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise MarkupWrong(f"{reader.open[-1]} is never closed")
    return "".join(reader.text), reader.links


def length(text: str) -> int:
    """Its length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2

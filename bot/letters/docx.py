"""A filled letter as a Word file: real styles and headings, British English, blanks marked, nothing personal in its properties."""

import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from datetime import date as Day
from functools import cache

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from bot.letters.fill import FilledLetter, Part

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LANGUAGE = "en-GB"
FONT = "Arial"
SIZE = Pt(12)  # the smallest that large-print guidance (UK Association for Accessible Formats) allows for plain text
SIGNATURE = Pt(28)  # room for a name by hand
STYLES = {"subject": "Heading 1", "heading": "Heading 2", "item": "List Bullet"}
BLOCKS = ("sender", "to", "close")  # their lines stand together as one paragraph
_UNUSED_PARTS = ("stylesWithEffects", "customXml", "thumbnail")  # of the library's own template: half the file's size


def docx_file(letter: FilledLetter, today: Day) -> bytes:
    """The letter as the bytes of a .docx file."""
    document = Document(io.BytesIO(_empty()))
    _properties(document, letter, today)
    for kind, texts in _grouped(letter.parts):
        if kind == "close":
            _close(document, texts, letter.blanks)
        else:
            _write(document.add_paragraph(style=STYLES.get(kind, "Normal")), "\n".join(texts), letter.blanks)
    return _saved(document)


def file_name(letter: FilledLetter) -> str:
    """The name to save it under; it names no person."""
    return f"letter-{letter.id}.docx"


def _grouped(parts: Iterable[Part]) -> list[tuple[str, list[str]]]:
    groups: list[tuple[str, list[str]]] = []
    for part in parts:
        if groups and part.kind in BLOCKS and groups[-1][0] == part.kind:
            groups[-1][1].append(part.text)
        else:
            groups.append((part.kind, [part.text]))
    return groups


def _close(document: DocumentObject, texts: list[str], blanks: tuple[str, ...]) -> None:
    """The ending and the name, with room to sign between them, on one page."""
    ending = document.add_paragraph(style="Normal")
    ending.paragraph_format.keep_with_next, ending.paragraph_format.space_after = True, SIGNATURE
    _write(ending, texts[0], blanks)
    if texts[1:]:
        name = document.add_paragraph(style="Normal")
        name.paragraph_format.keep_together = True
        _write(name, "\n".join(texts[1:]), blanks)


def _write(paragraph: Paragraph, text: str, blanks: tuple[str, ...]) -> None:
    """Writes the text; what is still to be filled in is highlighted as well as bracketed."""
    if not blanks:
        paragraph.add_run(text)
        return
    for piece in re.split(f"({'|'.join(map(re.escape, blanks))})", text):
        if piece:
            run = paragraph.add_run(piece)
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW if piece in blanks else None


@cache
def _empty() -> bytes:
    """A file without a word, with the styles and margins of every letter; made once, for it takes longer than the rest."""
    document = Document()
    _set_up(document)
    _slim(document)
    return _saved(document)


def _saved(document: DocumentObject) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _set_up(document: DocumentObject) -> None:
    _language(document)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.0)
    _font(document, "Normal", SIZE, bold=False)
    _font(document, "List Bullet", SIZE, bold=False)
    _font(document, "Heading 1", Pt(14), bold=True)
    _font(document, "Heading 2", Pt(12), bold=True)
    for name, before in (("Heading 1", Pt(12)), ("Heading 2", Pt(8))):
        space = document.styles[name].paragraph_format
        space.space_before, space.space_after = before, Pt(2)


def _properties(document: DocumentObject, letter: FilledLetter, today: Day) -> None:
    core = document.core_properties
    core.title, core.language = letter.title, LANGUAGE
    core.author = core.last_modified_by = core.comments = core.keywords = core.subject = core.category = ""
    core.created = core.modified = datetime.combine(today, time(12), UTC).replace(tzinfo=None)
    core.revision = 1


def _language(document: DocumentObject) -> None:
    """The language that a screen reader and a spelling check use."""
    properties = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), LANGUAGE)


def _font(document: DocumentObject, name: str, size: Pt, bold: bool) -> None:
    style = document.styles[name]
    style.font.name, style.font.size, style.font.bold = FONT, size, bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)


def _slim(document: DocumentObject) -> None:
    """Lets go of parts and styles of the library's template that no letter needs."""
    for rels in (document.part.rels, document.part.package.rels):
        for key in [key for key, rel in rels.items() if any(name in rel.reltype for name in _UNUSED_PARTS)]:
            rels.pop(key)
    kept = _styles_needed(document)
    for style in list(document.styles.element.findall(qn("w:style"))):
        if style.get(qn("w:styleId")) not in kept:
            document.styles.element.remove(style)


def _styles_needed(document: DocumentObject) -> set[str]:
    """The styles in use and the defaults, with all that they are built on."""
    by_id = {style.get(qn("w:styleId")): style for style in document.styles.element.findall(qn("w:style"))}
    wanted = [name for name, style in by_id.items() if style.get(qn("w:default")) == "1"]
    wanted += [document.styles[name].style_id for name in (*STYLES.values(), "Normal")]
    needed: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in needed or name not in by_id:
            continue
        needed.add(name)
        wanted += [
            found.get(qn("w:val"))
            for tag in ("w:basedOn", "w:link", "w:next")
            for found in by_id[name].findall(qn(tag))
        ]
    return needed

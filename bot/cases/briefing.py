"""The evidence as a one-page briefing in Word, with wording for a parliamentary question. Pure."""

import io
from datetime import UTC, date, datetime, time

from docx import Document
from docx.shared import Cm, Pt

from bot.cases.evidence import WORDS, Figures, Table
from bot.cases.fields import choices
from bot.knowledge.words import say

MOST_LINES = 6


def briefing(figures: Figures, constituency: str, today: date) -> bytes:
    """The bytes of a .docx file."""
    document = Document()
    _set_up(document, say(WORDS, "title", period=figures.period), today)
    document.add_heading(say(WORDS, "title", period=figures.period), 1)
    document.add_paragraph(say(WORDS, "not_statistics")).runs[0].bold = True
    for line in headlines(figures):
        document.add_paragraph(line, style="List Bullet")
    _table(document, figures.table("theme"), figures.threshold)
    document.add_heading(say(WORDS, "question_title"), 2)
    for key in ("question_late", "question_camhs"):
        document.add_paragraph(say(WORDS, key, constituency=constituency))
    for text in (say(WORDS, "how_to_use"), say(WORDS, "held_note", threshold=figures.threshold)):
        document.add_paragraph(text).runs[0].font.size = Pt(8)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def headlines(figures: Figures) -> list[str]:
    """What can be said in sentences; nothing is said of what is held back."""
    if figures.total is None:
        return [say(WORDS, "headline_held", period=figures.period)]
    lines = [say(WORDS, "headline", period=figures.period, count=f"{figures.total:,}")]
    late = figures.count("late", say(WORDS, "said_yes"))
    if late is not None and figures.median_weeks is not None:
        median = say(WORDS, "weeks", weeks=figures.median_weeks)
        lines.append(say(WORDS, "line_late", count=f"{late:,}", median=median))
    counts = {
        "line_refusal": figures.count("theme", "Refusal"),
        "line_appeal": figures.count("stage", choices("stages")["appeal"].title),
        "line_camhs": figures.count("camhs", say(WORDS, "said_yes")),
    }
    return [*lines, *(say(WORDS, key, count=f"{count:,}") for key, count in counts.items() if count is not None)]


def _table(document: object, table: Table, threshold: int) -> None:
    """The largest lines; where lines are held back, one line says so."""
    told = sorted((line for line in table.lines if line.count is not None), key=lambda line: -(line.count or 0))[
        :MOST_LINES
    ]
    made = document.add_table(rows=1, cols=2, style="Light Grid Accent 1")  # type: ignore[attr-defined]
    made.rows[0].cells[0].text, made.rows[0].cells[1].text = table.title, say(WORDS, "cases")
    for line in told:
        cells = made.add_row().cells
        cells[0].text, cells[1].text = line.label, f"{line.count:,}"
    if any(line.count is None for line in table.lines):
        cells = made.add_row().cells
        cells[0].text, cells[1].text = "", say(WORDS, "held", threshold=threshold)


def _set_up(document: object, title: str, today: date) -> None:
    core = document.core_properties  # type: ignore[attr-defined]
    core.title, core.language, core.author, core.last_modified_by, core.comments = title, "en-GB", "", "", ""
    core.created = core.modified = datetime.combine(today, time(12), UTC).replace(tzinfo=None)
    section = document.sections[0]  # type: ignore[attr-defined]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(1.5)
    style = document.styles["Normal"]  # type: ignore[attr-defined]
    style.font.name, style.font.size = "Arial", Pt(10.5)
    style.paragraph_format.space_after = Pt(4)

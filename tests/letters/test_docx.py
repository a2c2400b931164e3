"""Each Word file, opened again: headings, text, language, marked blanks, and no personal detail in its properties."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn

from bot.law.calendar import calendar
from bot.letters.docx import docx_file, file_name
from bot.letters.fill import FilledLetter, fill
from bot.letters.library import letters
from tests.letters.making import HOSTILE, TODAY, full_facts

ALL = sorted(letters())
OFFICE_SUITE = shutil.which("soffice") or shutil.which("libreoffice")
PICTURES = shutil.which("pdftoppm")
LARGEST = 30_000  # bytes: it travels inside a message


def opened(letter: FilledLetter) -> DocumentObject:
    """The file as Word would read it."""
    return Document(io.BytesIO(docx_file(letter, TODAY)))


def lines_of(document: DocumentObject) -> list[str]:
    """All lines in order."""
    return [line for paragraph in document.paragraphs for line in paragraph.text.split("\n")]


@pytest.mark.parametrize("letter", ALL)
@pytest.mark.parametrize("known", [True, False])
def test_the_file_holds_the_whole_letter_in_order(letter: str, known: bool) -> None:
    kind = letters()[letter]
    made = fill(kind, full_facts(kind) if known else {}, TODAY, calendar())
    assert lines_of(opened(made)) == [part.text for part in made.parts]


@pytest.mark.parametrize("letter", ALL)
def test_headings_are_headings_and_lists_are_lists(letter: str) -> None:
    kind = letters()[letter]
    made = fill(kind, full_facts(kind), TODAY, calendar())
    document = opened(made)
    by_style = {
        style: [p.text for p in document.paragraphs if p.style.name == style]
        for style in ("Heading 1", "Heading 2", "List Bullet")
    }
    assert by_style["Heading 1"] == [part.text for part in made.parts if part.kind == "subject"]
    assert (
        by_style["Heading 2"] == [part.text for part in made.parts if part.kind == "heading"] and by_style["Heading 2"]
    )
    assert by_style["List Bullet"] == [part.text for part in made.parts if part.kind == "item"]


@pytest.mark.parametrize("letter", ALL)
def test_hostile_facts_open_as_text(letter: str) -> None:
    kind = letters()[letter]
    for value in HOSTILE:
        made = fill(kind, {fact.id: value for fact in kind.facts.values()}, TODAY, calendar())
        assert lines_of(opened(made)) == [part.text for part in made.parts]


def test_the_file_is_british_english_and_names_nobody_in_its_properties() -> None:
    kind = letters()["chase-plan"]
    facts = full_facts(kind)
    document = opened(fill(kind, facts, TODAY, calendar()))
    core = document.core_properties
    assert (core.title, core.language) == ("Chase an overdue plan", "en-GB")
    assert (core.author, core.last_modified_by, core.comments, core.keywords) == ("", "", "", "")
    language = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "en-GB"
    with zipfile.ZipFile(io.BytesIO(docx_file(fill(kind, facts, TODAY, calendar()), TODAY))) as archive:
        for name in archive.namelist():
            if name != "word/document.xml":
                assert facts["child_name"].encode() not in archive.read(name), name
        assert archive.testzip() is None


def test_blanks_are_highlighted_and_known_facts_are_not() -> None:
    made = fill(letters()["early-review"], {"child_name": "Sam Test"}, TODAY, calendar())
    runs = [run for paragraph in opened(made).paragraphs for run in paragraph.runs]
    marked = {run.text for run in runs if run.font.highlight_color is not None}
    assert marked == set(made.blanks)
    assert not any("Sam Test" in text for text in marked)


def test_the_file_is_small_and_its_name_names_nobody() -> None:
    for kind in letters().values():
        made = fill(kind, full_facts(kind), TODAY, calendar())
        assert len(docx_file(made, TODAY)) < LARGEST
        assert file_name(made) == f"letter-{kind.id}.docx"


@pytest.mark.skipif(
    OFFICE_SUITE is None or PICTURES is None,
    reason="LibreOffice or pdftoppm is not installed, so no letter is looked at as a picture",
)
def test_an_office_suite_turns_the_file_into_a_picture(tmp_path: Path) -> None:
    kind = letters()["chase-plan"]
    path = tmp_path / "letter.docx"
    path.write_bytes(docx_file(fill(kind, full_facts(kind), TODAY, calendar()), TODAY))
    command = [str(OFFICE_SUITE), "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    subprocess.run(
        [str(PICTURES), "-r", "40", "-png", str(tmp_path / "letter.pdf"), str(tmp_path / "page")], check=True
    )
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) == 1 and pages[0].stat().st_size > 5_000

"""Charts of the evidence as SVG: the same numbers as the table beside each, held-back ones hatched. No style, no script."""

import io
import re

import matplotlib

matplotlib.use("svg")

from matplotlib.figure import Figure

from bot.cases.evidence import Table

INK, BAR, HELD = "#0b0c0c", "#0f4f6e", "#dddddd"
_STYLE = re.compile(r' style="([^"]*)"')


def chart(table: Table, held: str) -> str:
    """Bars for one table.

    Args:
        held: the words for a count that is held back.
    """
    with matplotlib.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "send-desk", "font.family": "sans-serif", "font.size": 11}
    ):
        figure = Figure(figsize=(8, 0.6 + 0.36 * len(table.lines)))
        axes = figure.add_subplot()
        _bars(axes, table, held)
        figure.tight_layout()
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": table.title})
    return plain(out.getvalue())


def _bars(axes: object, table: Table, held: str) -> None:
    """Largest numbers need most room; a held-back count is a hatched bar of one length, whatever it is."""
    most = max((line.count for line in table.lines if line.count is not None), default=1)
    for place, line in enumerate(reversed(table.lines)):
        if line.count is None:
            axes.barh(place, most * 0.04, color=HELD, hatch="////", edgecolor=INK, linewidth=0.6)  # type: ignore[attr-defined]
        else:
            axes.barh(place, line.count, color=BAR)  # type: ignore[attr-defined]
        words = held if line.count is None else f"{line.count:,}"
        start = most * 0.05 if line.count is None else line.count
        axes.text(start + most * 0.01, place, words, va="center", color=INK)  # type: ignore[attr-defined]
    axes.set_yticks(range(len(table.lines)), [line.label for line in reversed(table.lines)])  # type: ignore[attr-defined]
    axes.set_xlim(0, most * 1.2)  # type: ignore[attr-defined]
    axes.set_xticks([])  # type: ignore[attr-defined]
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)  # type: ignore[attr-defined]
    axes.tick_params(left=False)  # type: ignore[attr-defined]


def plain(svg: str) -> str:
    """The picture with its styles as attributes, which the strictest policy allows, and without the style element."""
    without = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, count=1, flags=re.S)
    return _STYLE.sub(lambda found: _attributes(found[1]), without[without.index("<svg") :])


def _attributes(style: str) -> str:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in _spread(pairs))


def _spread(pairs: object) -> list[tuple[str, str]]:
    """`font: 11px 'sans'` is no attribute; its size and family are."""
    found: list[tuple[str, str]] = []
    for name, value in pairs:  # type: ignore[attr-defined]
        if name.strip() == "font":
            size, _, family = value.strip().partition(" ")
            found += [("font-size", size), ("font-family", family.replace("'", ""))]
        else:
            found.append((name, value))
    return found

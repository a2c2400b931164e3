"""The widget over the wire: bytes of each file, compressed as the office sends it."""

from bot.settings import office_told
from bot.web.widget.bundle import component

MOST_BYTES = 20 * 1024  # about half a second on slow 3G


def main() -> None:
    """Prints each file and the sum."""
    found = sizes()
    for name, size in found.items():
        print(f"{name:32} {size:6,} bytes")
    print(f"{'in all':32} {sum(found.values()):6,} bytes of at most {MOST_BYTES:,}")


def sizes() -> dict[str, int]:
    """The compressed size of each file that a host page loads."""
    return {"loader.js": len(component(office_told()).zipped)}


if __name__ == "__main__":
    main()

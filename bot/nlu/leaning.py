"""Whether a short message leans on what was typed before it ("and if they miss that?"), or is unclear without it."""

CLEAR_ALONE = 0.6  # a message less sure of its entry than this is read with what was typed before
CLEAR_IN_FEW_WORDS = 0.9  # "who decides" may look clear, and mean what was asked before
FEW_WORDS = 5

_FOLLOWING = (
    "and ",
    "but ",
    "so ",
    "what if ",
    "what about ",
    "how about ",
    "ok ",
    "okay ",
    "then ",
    "even if ",
    "if they ",
    "or ",
    "well ",
)
_POINTING = {"that", "it", "this", "those", "these", "then", "there", "one", "them"}


def leans(text: str, likeliest: float) -> bool:
    """Whether a message leans on the one before.

    Args:
        text: the message.
        likeliest: the probability of its likeliest entry, read alone; 0 when it has none.
    """
    lower = text.lower()
    pointing = bool(_POINTING & {word.strip("?.,!'") for word in lower.split()})
    clear = CLEAR_ALONE if len(lower.split()) > FEW_WORDS else CLEAR_IN_FEW_WORDS
    return lower.startswith(_FOLLOWING) or pointing or likeliest < clear

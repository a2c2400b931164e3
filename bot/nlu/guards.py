"""Words that some intents cannot do without: a question about mediation is not a wish for a letter about it."""

import re

NEEDED = {
    "letter": re.compile(
        r"\b(letters?|templates?|e-?mails?|write|writing|written|word(ing|ed)?|draft(ing)?|compose|sample|example|model|pre-?written|reply|"
        r"statement|complaint|request)\b",
        re.IGNORECASE,
    ),
}
SURE_WITHOUT = 0.9


def allowed(ranking: list[tuple[str, float]], text: str) -> list[tuple[str, float]]:
    """The ranking with intents that lack their words moved to its end."""

    def lacks(pair: tuple[str, float]) -> bool:
        name, p = pair
        return name in NEEDED and p < SURE_WITHOUT and not NEEDED[name].search(text)

    return sorted(ranking, key=lambda pair: (lacks(pair), -pair[1]))

"""Case references: short enough to say on the telephone, too many to guess."""

import secrets

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I and O, no 0 and 1: 32 signs, so eight are 40 random bits


def new_reference() -> str:
    """A random reference such as SD-7KQ4-XM2P."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"SD-{signs[:4]}-{signs[4:]}"

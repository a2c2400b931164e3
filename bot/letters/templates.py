"""Renders a letter's templates in a sandbox: values go in as text and are never read as templates."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

# No autoescape: letters are plain text here. Whoever shows one as HTML escapes it there.
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.globals.clear()


def render(template: str, values: Mapping[str, Any]) -> str:
    """One template with its values.

    Raises:
        jinja2.UndefinedError: when the template names what is not among the values.
    """
    return _compiled(template).render(values)


@lru_cache(maxsize=1024)
def names_in(template: str) -> frozenset[str]:
    """The facts and dates that a template names.

    Raises:
        jinja2.TemplateSyntaxError: when it is no template.
    """
    return frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(template)))


@lru_cache(maxsize=1024)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)

"""Faker as a source of names and places: few providers, imported when first used, seeded before every value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.expressions import ANY, Function, Shape, Site
from mockserver.seeding.place import is_json

if TYPE_CHECKING:
    from faker.generator import Generator

    from mockserver.seeding.item import Item

PROVIDERS = (
    "person", "address", "company", "internet", "lorem", "job", "phone_number",
    "bank", "barcode", "color", "currency", "file", "geo", "isbn", "misc",
)  # fmt: skip
"""Those whose values depend on the seed alone. Dates are left out: Faker's follow the machine's clock."""

LOCALE = "en_GB"


class Fakes:
    """One generator for each locale; not to be shared between threads."""

    def __init__(self) -> None:
        self._generators: dict[str, Generator] = {}
        self._names: dict[str, frozenset[str]] = {}

    def make(self, locale: str, name: str, arguments: Sequence[Any], named: Mapping[str, Any], seed: int) -> Any:
        """What Faker's method ``name`` makes of ``seed``. Raises whatever Faker raises for wrong arguments."""
        generator = self._generators.get(locale) or self._new(locale)
        generator.random.seed(seed)
        return getattr(generator, name)(*arguments, **named)

    def names(self, locale: str) -> frozenset[str]:
        """What can be made. Raises AttributeError for a locale that Faker does not have."""
        if locale not in self._names:
            providers = (self._generators.get(locale) or self._new(locale)).get_providers()
            public = {(one, name) for one in providers for name in dir(one) if not name.startswith("_")}
            self._names[locale] = frozenset(name for one, name in public if callable(getattr(one, name)))
        return self._names[locale]

    def _new(self, locale: str) -> Generator:
        from faker.factory import Factory  # PERF: 60 ms that a scenario without fakes does not pay

        # PERF: a weighted last name takes 20 µs, an unweighted one 1.
        wanted = [f"faker.providers.{name}" for name in PROVIDERS]
        generator = Factory.create(locale, providers=wanted, use_weighting=False)
        generator.seed_instance(0)  # gives it a Random of its own
        self._generators[locale] = generator
        return generator


def fake_functions(fakes: Fakes, locale: str) -> Callable[[str], Function | None]:
    """What stands behind ``fake.``: ``fake.city()`` is what Faker's ``city`` makes in that locale."""

    def found(name: str) -> Function | None:
        if name not in fakes.names(locale):
            return None

        def call(item: Item, *arguments: Any, site: str, **named: Any) -> Any:
            return item.making.fakes.make(locale, name, arguments, named, item.seed_of(site))

        return Function(f"fake.{name}", call, context=True, draws=True, check=partial(_check, fakes, locale, name))

    return found


def _check(fakes: Fakes, locale: str, name: str, site: Site) -> Shape:
    """Tried once, so that a person learns at the start what Faker refuses, or that it makes no JSON."""
    try:
        arguments = [ast.literal_eval(one) for one in site.node.args]
        named = {str(one.arg): ast.literal_eval(one.value) for one in site.node.keywords}
    except ValueError:
        return ANY  # known only when it is made
    try:
        value = fakes.make(locale, name, arguments, named, 0)
    except Exception as error:  # noqa: BLE001  # whatever Faker objects to
        site.complain(f"Faker refuses: {error}", "correct the arguments")
        return ANY
    if not is_json(value):
        site.complain(f"JSON cannot carry {value!r}", "use a method of Faker that makes texts or numbers")
    return ANY

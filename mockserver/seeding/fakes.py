"""Faker as a source of names and places: few providers, imported when first used, seeded before every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from faker.generator import Generator

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

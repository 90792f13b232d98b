"""Names as the words that they are made of: ``first_name``, ``firstName`` and ``first-name`` are two words."""

from __future__ import annotations

import re
from functools import lru_cache

_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
KNOWN = 4_096
"""PERF: a document asks for few names many times, so that many are remembered by what they come to."""
_VOCABULARY = re.compile(r"^(?:\w+:|@\w+\.)(?=\w)")


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters."""
    return [*_words(name)]


@lru_cache(KNOWN)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _SPLIT.split(name) if word)


@lru_cache(KNOWN)
def flat(name: str) -> str:
    """Letters and digits only: ``pet_id``, ``petId`` and ``pet-id`` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def bare(name: str) -> str:
    """A member's name without the vocabulary that it is of: ``hydra:totalItems``, ``@odata.count``."""
    return _VOCABULARY.sub("", name)


def thing_of(resource: str) -> str:
    """What one record of a resource is called, letters and digits only: ``session`` of ``users.sessions``."""
    return flat(singular(resource.rpartition(".")[2]))


@lru_cache(KNOWN)
def singular(word: str) -> str:
    """English's usual plurals undone; irregular ones stay."""
    low = word.lower()
    if low.endswith("ies") and len(low) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|us|is)$", low):
        return word
    if re.search(r"(x|ch|sh|ss|zz)es$", low):
        return word[:-2]
    return word[:-1] if low.endswith("s") and len(low) > 3 else word

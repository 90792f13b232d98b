"""What a token says of whom it is for, a machine or a person on record, in the names that the document gives claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.operation import Security

SUBJECT = "auth0|"
"""How the subjects of persons begin, as those of the developer's own tokens do."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on record: the record's id, and what it tells of them, by the names of OpenID Connect."""

    id: str
    profile: Mapping[str, str]

    @property
    def subject(self) -> str:
        return SUBJECT + self.id


def claims_of_person(security: Security, tenant: str, person: Person) -> dict[str, Any]:
    """``sub``, and the document's claims: the tenant, whose customer they are, and the person's id and name."""
    values = {"tenant": tenant, "customer": tenant, "contact": person.id, **person.profile}
    return {"sub": person.subject} | _named(security, values)


def claims_of_machine(security: Security, tenant: str, client: str) -> dict[str, Any]:
    """``sub``, ``azp``, ``gty``, and the document's claims without a person's: a machine is nobody on record."""
    named = _named(security, {"tenant": tenant, "customer": tenant})
    return {"sub": f"{client}@clients", "azp": client, "gty": "client-credentials"} | named


def claims_of_subject(security: Security, tenant: str, subject: str) -> dict[str, Any]:
    """``sub``, and the document's claims for somebody who need not be on record."""
    return {"sub": subject} | _named(security, {"tenant": tenant, "customer": tenant, "contact": subject})


def _named(security: Security, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[word] for word, name in security.claims.items() if word in values}

"""The persons who may log in: records of the resource that the document names, found by id or e-mail address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from mockserver.auth.claims import Person
from mockserver.contract.login_endpoints import Login
from mockserver.oauth.error_replies import OAuthError
from mockserver.store import Record, Store, Tenant, TooManyTenants


class People:
    """Looks persons up in the store's tenants."""

    def __init__(self, store: Store, login: Login) -> None:
        self._store = store
        self._login = login

    def find(self, tenant: str, identifier: str) -> Person | None:
        """The person of that id or e-mail address. With nobody on record, anybody is a person."""
        holder = self._tenant(tenant)
        if self._login.people is None:
            return Person(identifier, {"email": identifier} if "@" in identifier else {"name": identifier})
        with holder.work():
            people = holder[self._login.people]
            record = people.get(identifier) or self._by_email(people.scan(), identifier.casefold())
            return self._person(record) if record else None

    def some(self, tenant: str, most: int) -> list[Person]:
        """The first persons of a tenant, by id; none of a tenant that is not there yet, which a look does not make."""
        if self._login.people is None or tenant not in self._store.names():
            return []
        holder = self._tenant(tenant)
        with holder.work():
            return [self._person(record) for record in islice(holder[self._login.people].scan(), most)]

    def _by_email(self, records: Iterator[Record], email: str) -> Record | None:
        """PERF: a record is read only where its bytes hold the address."""
        field, needle = self._login.fields.get("email"), email.encode()
        if field is None or "@" not in email:
            return None
        near = (record for record in records if needle in record.raw.lower())
        return next((one for one in near if str(one.data().get(field, "")).casefold() == email), None)

    def _person(self, record: Record) -> Person:
        data = record.data()
        return Person(record.id, dict(_texts(data, self._login.fields.items())))

    def _tenant(self, name: str) -> Tenant:
        try:
            return self._store.tenant(name)
        except TooManyTenants:
            raise OAuthError("temporarily_unavailable", "this mock holds as many tenants as it may", 429) from None


def _texts(data: Any, fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for word, field in fields:
        if isinstance(text := data.get(field), str) and text:
            yield word, text

"""State: a Store of Tenants, a Tenant of Collections; it knows neither HTTP nor OpenAPI."""

from mockserver.store.collection import Collection
from mockserver.store.conditions import All, AnyOf, Between, Condition, Containing, Either
from mockserver.store.record import Record
from mockserver.store.tenant import Store, Tenant

__all__ = [
    "All",
    "AnyOf",
    "Between",
    "Collection",
    "Condition",
    "Containing",
    "Either",
    "Record",
    "Store",
    "Tenant",
]

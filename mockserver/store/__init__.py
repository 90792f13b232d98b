"""State: a Store of Tenants, a Tenant of Collections; it knows neither HTTP nor OpenAPI."""

from mockserver.store.bulk_loading import Loading
from mockserver.store.collection import Collection
from mockserver.store.conditions import All, AnyOf, Between, Condition, Containing, Either
from mockserver.store.keeping import Moved, Overtaken, StoreUnreachable, WouldWait
from mockserver.store.record import Members, Record
from mockserver.store.store import Store, TooManyTenants
from mockserver.store.tenant import Tenant

__all__ = [
    "All",
    "AnyOf",
    "Between",
    "Collection",
    "Condition",
    "Containing",
    "Either",
    "Loading",
    "Members",
    "Moved",
    "Overtaken",
    "Record",
    "Store",
    "StoreUnreachable",
    "Tenant",
    "TooManyTenants",
    "WouldWait",
]

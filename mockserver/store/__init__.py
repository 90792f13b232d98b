"""State: a Store of Tenants, a Tenant of Collections; it knows neither HTTP nor OpenAPI."""

from mockserver.store.collection import Collection, Record
from mockserver.store.tenant import Store, Tenant

__all__ = ["Collection", "Record", "Store", "Tenant"]

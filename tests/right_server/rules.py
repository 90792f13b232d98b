"""What this server works out by itself, written by hand from RULES.md: no expression of the document is read."""

from __future__ import annotations

from typing import Any

from right_server.shelves import Record, Tenant

NUMBERED = {
    "applications": "number",
    "courseRegistrations": "number",
    "credits": "number",
    "examRegistrations": "number",
}


def fill(resource: str, record: Record, tenant: Tenant) -> None:
    """Fill in what the client left out."""
    if resource == "certifications":
        _certification(record, tenant)
    if field := NUMBERED.get(resource):
        record.setdefault(field, _next(tenant, resource, field))
    for field in ("number",):
        if isinstance(record.get(field), int | float):
            place = (resource, field)
            tenant.highest[place] = max(tenant.highest.get(place, 0), record[field])


def _certification(record: Record, tenant: Tenant) -> None:
    owner = "contact_id" if record.get("owner_type") == "contact" else "organization_id"
    if owner in record:
        record.setdefault("customer_id", record[owner])
    if "number" not in record:
        program = tenant.shelf("programs").get(record["program_id"]) or {}
        record["number"] = program.get("next_certification_number") or _next(tenant, "certifications", "number")


def _next(tenant: Tenant, resource: str, field: str) -> float:
    return tenant.highest.get((resource, field), 0) + 1


def after_create(resource: str, record: Record, tenant: Tenant) -> None:
    """What follows from a new record: the program's next number goes past the one that was used."""
    if resource != "certifications":
        return
    shelf = tenant.shelf("programs")
    program = shelf.get(record["program_id"])
    if program is not None:
        known = program.get("next_certification_number")
        past = record["number"] + 1
        shelf.put(record["program_id"], {**program, "next_certification_number": max(known or past, past)})


def shown(resource: str, record: Record) -> Record:
    """The record with what is worked out when it is looked at; the parts that this server claims have none of it."""
    if resource == "credits" and isinstance(record.get("quantity"), int | float):
        return {**record, "quantity_used": 0, "quantity_available": record["quantity"]}
    return record


def merged(text: str, record: dict[str, Any]) -> str:
    """``text`` with the fields in braces filled in."""
    for name, value in record.items():
        text = text.replace("{{" + name + "}}", str(value))
    return text

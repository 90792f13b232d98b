"""Tenants kept in a database as well: what a process answers from is in memory, what it changed is committed first."""

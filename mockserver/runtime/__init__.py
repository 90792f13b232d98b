"""What one running mock has beside its records: a clock, ids, a journal, an outbox, faults on request."""

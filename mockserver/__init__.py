"""A stateful mock server driven by an OpenAPI document."""

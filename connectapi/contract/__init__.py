"""Declarations held against a server's own OpenAPI document."""

"""Servers that are kept by name, each with what opens it: our own, and those that `rsconnect add` saved."""

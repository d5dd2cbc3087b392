"""The way in: a client of one server."""

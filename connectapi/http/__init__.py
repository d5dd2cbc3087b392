"""Requests and answers over HTTP: where the server is, who calls, what goes over the wire."""

"""Credentials of OAuth integrations, as the clients of services outside take them; nothing of theirs loads here."""

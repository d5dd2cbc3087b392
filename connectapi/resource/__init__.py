"""Resource files → attrs classes."""

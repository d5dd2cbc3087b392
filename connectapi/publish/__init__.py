"""A directory → a bundle: what goes in, its manifest, the archive that a server takes."""

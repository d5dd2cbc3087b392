"""Bytes ↔ objects: the fast road, the lenient road, and what goes out."""

"""The resource files: their model, their reader, and what makes one right."""

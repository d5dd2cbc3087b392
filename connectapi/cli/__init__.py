"""The command line: one more reader of the resource files."""

"""What is generated from the resource files and committed: stubs for editors, the JSON Schema."""

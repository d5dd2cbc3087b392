"""State from a YAML file that a person wrote: records by their fields, told by their names."""

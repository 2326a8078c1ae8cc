"""Starting: a new yearbook, a draft of a table's YAML, what numbers add up to, editors' schemas."""

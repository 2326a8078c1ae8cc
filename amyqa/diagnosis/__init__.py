"""Which cells are wrong, what they should be, and how sure that is."""

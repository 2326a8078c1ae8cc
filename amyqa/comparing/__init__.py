"""Two states of the same tables: which cells were added, removed and revised, and what that did."""

"""Reports for a terminal: of a whole check, and of one cell or table."""

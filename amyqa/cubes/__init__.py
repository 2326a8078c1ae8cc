"""Cubes: long files of observations, judged in the engine; only what is broken becomes a table."""

"""Who runs the rules: Pandera the schemas, Great Expectations or DuckDB the suites."""

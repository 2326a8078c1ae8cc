"""Reports for continuous integration: annotations, test cases, code scanning, comments."""

"""The vocabulary: every rule once, as data and as SQL, whoever runs it."""

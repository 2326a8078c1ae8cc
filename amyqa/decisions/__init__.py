"""Comply or explain: what editors ruled on findings, kept in a yearbook's ``decisions/``."""

"""Findings decided on in the browser: a local server that shows one card for each cause."""

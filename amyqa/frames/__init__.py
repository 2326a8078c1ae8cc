"""Data frames checked where they are: a frame goes in, and comes back corrected."""

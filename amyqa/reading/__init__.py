"""Files to tokens to cells."""

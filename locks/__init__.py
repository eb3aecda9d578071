"""Which parts of others this product is made of, and whether a weakness of one is known."""

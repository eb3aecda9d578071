"""What is counted while the product runs, and where it can be read."""

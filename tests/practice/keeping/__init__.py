"""What is kept, what goes, and what stays gone."""

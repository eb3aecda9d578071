"""The pages on which a person answers, and their result."""

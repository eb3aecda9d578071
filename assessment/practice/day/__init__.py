"""The day of a therapist: who comes, and what they have answered."""

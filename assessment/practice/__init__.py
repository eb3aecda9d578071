"""What a therapist can do, and what a client sends; owns the transactions."""

"""What clients send, and what they agree to."""

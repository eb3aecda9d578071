"""What a protocol costs people: who is sent where, and how long it takes them."""

"""What therapists read: the inbox, one response, files made of it."""

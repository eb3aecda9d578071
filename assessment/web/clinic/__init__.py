"""The pages of the clinic area, for therapists who are signed in."""

"""What clinics store: therapists, invitations, responses; sealed, each clinic by itself."""

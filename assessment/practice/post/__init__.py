"""Invitations, and every mail that leaves a clinic."""

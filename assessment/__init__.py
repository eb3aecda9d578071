"""A symptom self-assessment for massage and manual-therapy clinics."""

"""What pages are made with: templates, styles, shared contexts, error pages."""

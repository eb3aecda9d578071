"""What runs below the pages: settings, secrets, limits, logs."""

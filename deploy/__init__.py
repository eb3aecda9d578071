"""What runs and releases the product beside itself."""

"""The pages of links and of sending answers to a clinic."""

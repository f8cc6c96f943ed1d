"""What an official account publishes, and how it was read."""

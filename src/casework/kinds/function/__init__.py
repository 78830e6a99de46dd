"""`function`: Python functions that the installation registers."""

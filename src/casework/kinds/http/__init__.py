"""`http`: requests to other systems."""

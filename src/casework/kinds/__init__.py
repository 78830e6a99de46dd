"""What workers do with steps: one package a kind, each with a performer."""

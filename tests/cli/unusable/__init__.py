"""Functions of projects that no worker can call."""

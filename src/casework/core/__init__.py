"""The rules, pure: no input or output, no clock, no randomness. What is decided here is what happens."""

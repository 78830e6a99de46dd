"""Who performs the steps that workers do: a folder a kind. What a definition can say of them is in `core.kinds`."""

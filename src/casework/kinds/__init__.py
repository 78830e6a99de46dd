"""Who performs the steps that workers do: a package a kind. What a definition can say of them is in `core.kinds`."""

"""One function a use case: permit, load, decide through the engine or read through the store."""

"""The only SQL. One module a family of tables; functions take a connection and a grant, and never commit."""

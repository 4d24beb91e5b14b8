"""The store: one SQLite file, one writer, any number of readers.

The public faces are `writer.StoreWriter` with the jobs of `recorder`, `rollups` and `retention`
for the engine, `queries.Reader` for everybody else, and `backup` for the `sentinel store` commands.
What is to be told goes out through `outbox`.
"""

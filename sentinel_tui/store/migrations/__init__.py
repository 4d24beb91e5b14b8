"""How the tables came to be, one step after the other.

`playhouse.migrations` runs the numbered files in order and notes their names in the store. Each
holds its own frozen copy of the models that it needs, because `store.models` goes on changing and
a migration must not. After adding one, raise `layout.LAYOUT_VERSION`.
"""

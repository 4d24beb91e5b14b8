"""The process that watches: headless, one for each store."""

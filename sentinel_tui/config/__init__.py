"""The configuration: what it may say, how it is read, and what it keeps to itself."""

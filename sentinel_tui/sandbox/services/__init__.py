"""The services of the sandbox, one module each."""

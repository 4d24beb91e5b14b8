"""Just enough HTTP/1.1 on loopback to behave, and to misbehave, like a real service."""

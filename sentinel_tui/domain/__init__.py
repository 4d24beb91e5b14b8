"""What Sentinel knows, as pure functions over frozen dataclasses. Time is an argument."""

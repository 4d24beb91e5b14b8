"""Records to lines: pure functions, so that what the screen says is tested without a screen."""

"""Acting on a platform: what is wanted, whether it may happen, the call, and what came of it."""

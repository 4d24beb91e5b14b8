"""What Sentinel may do by itself, what it does next, and whether it helped: pure decisions."""

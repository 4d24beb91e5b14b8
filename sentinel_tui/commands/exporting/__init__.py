"""What leaves Sentinel as text for others: pure rendering; no store, no clock, no files."""

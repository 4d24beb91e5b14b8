"""The channels over which Sentinel tells: a message in, nothing out but that it was taken."""

"""Who is told what, when, and in which words: pure decisions, no delivery."""

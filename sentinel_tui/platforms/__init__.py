"""Talks to the platforms of others: requests out, answers in, each within narrow bounds."""

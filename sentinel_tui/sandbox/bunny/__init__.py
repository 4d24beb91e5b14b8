"""A look-alike of Bunny Stream: libraries of films, what is counted of them, and the API."""

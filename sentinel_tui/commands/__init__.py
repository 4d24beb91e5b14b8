"""The command language: one catalog behind the console, the palette, the command line and help."""

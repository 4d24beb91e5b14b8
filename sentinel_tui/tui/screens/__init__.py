"""Pages that lie over the tabs."""

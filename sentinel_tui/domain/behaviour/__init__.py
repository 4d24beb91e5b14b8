"""What the owner does, as the owner's services tell it."""

"""What is known of videos, and how sure it is."""

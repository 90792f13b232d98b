"""The second opinion: the same steps taken on two servers side by side, and who is right where they differ."""

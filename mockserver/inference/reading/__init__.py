"""What the paths and schemas of one operation say by themselves, read before anything is known of other operations."""

"""What a run found, told: on the terminal, and in files of every form, from one redacted account."""

"""What a run found: on the terminal and in files of every format, from one redacted report."""

"""Stories: what reproduces a finding from nothing, as data, as a shell script and as a test, and what runs one again."""

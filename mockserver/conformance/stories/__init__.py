"""Stories: what reproduces a finding from nothing, as data, a script and a test, and what runs one again."""

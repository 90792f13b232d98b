"""Records as they are kept: found in their scope, built from what was sent, merged, embedded, with their files."""

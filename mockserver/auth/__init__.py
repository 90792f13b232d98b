"""Who is asking: tokens, the keys that sign them, and the identity they prove."""

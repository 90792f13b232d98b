"""The console at ``/__mock__/``: the world for a person's eyes and hands, over the control plane's own nouns."""

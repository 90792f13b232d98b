"""Values that keep a schema: its own examples where they are good, believable ones made by the names of fields else."""

"""What must hold before a record is written or deleted: its version, what it refers to, what state and others allow."""

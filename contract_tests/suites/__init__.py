"""What is expected of every resource, one concern a module: each ``check_…`` is one thing that is looked at."""

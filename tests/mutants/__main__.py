"""``make mutants``, or ``PYTHONPATH=tests python -m mutants``."""

from mutants.command import mutants

if __name__ == "__main__":
    mutants()

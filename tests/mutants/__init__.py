"""How strong the kit is: a catalogue of single faults, each planted into a mock that the kit then has to find it in."""

"""Was it called? Requests that were made held against what is wanted, for the pytest fixture and the control plane."""

"""Members that follow from others or from the moment: times, sums, copies, what a state has; and the audit fields."""

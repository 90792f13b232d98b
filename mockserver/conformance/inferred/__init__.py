"""Documents without annotations: how their operations are asked, and by what their replies are judged."""

"""Values and bodies for requests: valid ones, and the nearest ones that are not."""

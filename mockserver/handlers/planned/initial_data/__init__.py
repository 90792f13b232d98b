"""The first records of a collection, and the state that a record begins in, where no client has said anything yet."""

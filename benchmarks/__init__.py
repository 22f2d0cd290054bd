"""What we measure, beside the floor: the least that any program could do for the same rows."""

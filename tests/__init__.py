"""The proof: the tree of the code, mirrored, and the journeys that people make."""

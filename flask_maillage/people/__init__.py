"""People: the members of a node, how they sign in, and what they may do for which actor."""

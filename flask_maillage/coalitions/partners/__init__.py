"""Partner nodes: whom this node deals with about what, asked for and agreed on both sides, and how that goes."""

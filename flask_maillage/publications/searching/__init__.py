"""Full text: which words a publication is found by, and which publications somebody's words find."""

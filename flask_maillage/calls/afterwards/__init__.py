"""What comes after a decision: what becomes public of a call in numbers, and what is erased when."""

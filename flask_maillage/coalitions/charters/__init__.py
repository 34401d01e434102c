"""The charter of a group: versions that nobody rewrites, and who of its members has agreed to which."""

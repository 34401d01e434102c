"""The life of a text: what is typed and not saved yet, what it said before, when it will be published."""

"""An actor leaves for another node: its archive, taking one up, and the pages by which it moves."""

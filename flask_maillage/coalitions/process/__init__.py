"""The process log of a group: dated entries that nobody rewrites, their exports, and how well it is documented."""

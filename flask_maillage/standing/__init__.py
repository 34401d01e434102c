"""Standing pages: what an admin writes about the node itself, and leaves there: about, charter, legal notice."""

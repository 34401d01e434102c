"""Letters: the registry of verbs, receiving, handlers of actors' own verbs, delivery and the worker."""

"""Publishing by program: an object of one of our kinds, as ActivityStreams, by an outbox or by the command line."""

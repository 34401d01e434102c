"""Who speaks: the database foundation, IRIs, actors and their keys, followers, outbox, policy, remote actors."""

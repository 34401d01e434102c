"""The wire: signatures, activities, the outbound client, discovery, sanitising.

Values in, values out: nothing here knows Flask or the database; clocks, keys and resolvers are arguments.
"""

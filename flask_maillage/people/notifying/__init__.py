"""Telling members what concerns them: on a page, by mail at once, and in the digest, as each of them chose.

Add a kind of notification: declare it once with `kinds.declare`, in the lowest room that knows what it is about, and
call `writing.notify` in the transaction of what causes it. Nothing is stored of what it says: that is composed when it
is read, from what its reader may see then.
"""

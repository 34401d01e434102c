"""Mail to people: written as rows in the transaction of what caused it, sent by the worker, shown to the admin."""

"""The fixtures of docs/federated-calls.md: one story on four nodes, and what has to be refused.

`python -m tests.federated_calls.writing` writes the JSON files here and the examples of the document.
"""

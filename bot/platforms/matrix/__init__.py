"""Connect to Matrix, end-to-end encrypted, with nio's Olm machine and our own HTTP client.

nio's client is not used: it hides failures to share a key, fails on a malformed event, moves its
cursor before anything is handled, and cannot sign its device (docs/architecture.md names each).
"""

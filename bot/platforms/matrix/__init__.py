"""Matrix, end-to-end encrypted: nio's Olm machine and store over an HTTP client of our own.

nio's client is not used: it hides failures to share a key, fails on a malformed event, moves its
cursor before anything is handled, and cannot sign its device (docs/architecture.md names each).
"""

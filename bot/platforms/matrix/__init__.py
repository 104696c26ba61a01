"""Matrix, end-to-end encrypted: nio's Olm machine and store, on an own way to the server.

nio's client is not used: it hides failures to share a key, stops on a malformed event, moves its
place before anything is handled, and cannot sign itself (docs/architecture.md names each).
"""

"""A homeserver in memory, as the bot's client meets it, and people with clients in memory too.

It is cheap enough for hundreds of people in one process. What it does as Synapse does is held
against the real one in ``test_contract.py``. Each request is checked against the client-server API
(v1.16): what that does not allow is a violation, and the test that made it fails at its end.
"""

"""What an answer costs, beside other bots on the same library; ``make bench`` runs it.

The numbers and how they were measured: docs/performance.md. It stands on the tests' double of
Telegram, so it needs the test environment.
"""

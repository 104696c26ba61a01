"""Telegram as a platform; nothing else imports ``telegram``. See docs/architecture.md."""

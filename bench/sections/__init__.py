"""The sections of `make bench`: each measures one thing, and says it as Markdown."""

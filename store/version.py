"""The version of the program. It stands in signed revocations; the build reads it here."""

VERSION = "0.1.0"

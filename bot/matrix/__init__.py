"""Matrix as a platform: the only importer of ``nio``."""

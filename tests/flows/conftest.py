from hypothesis import settings

# The same examples on every machine, and no deadline: the cores are shared, and a slow moment is
# no fault of a law.
settings.register_profile("holdfast", derandomize=True, deadline=None)
settings.load_profile("holdfast")

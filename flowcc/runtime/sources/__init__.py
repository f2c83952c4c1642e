"""Where items come from: files and standard input, read in batches, shared among the members of a cluster.

`describe` holds the light descriptors that travel to the stage which opens them; all else is imported when opened.
"""

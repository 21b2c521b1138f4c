"""What is kept and written: the cache, files in one step, the data that is shipped."""

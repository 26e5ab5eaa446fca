"""A paper of a few lines, so that the press is tested as it is served: in real processes, with real files."""

"""Letters: lists, issues and their sending."""

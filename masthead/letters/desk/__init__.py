"""Letters on the desk: lists, issues, sending, suppressions."""

"""What letters hold of a reader."""

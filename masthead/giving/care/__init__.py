"""What giving puts on a person's page at the desk, and what it does there for them."""

"""What readers do with letters: sign up, confirm, choose, leave."""

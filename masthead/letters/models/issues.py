"""Issues of letters: what was written, and when it went out."""

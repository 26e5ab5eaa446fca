"""Group calls for supporters: dates, seats, questions and the way in."""

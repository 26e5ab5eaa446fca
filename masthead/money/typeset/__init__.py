"""How a receipt and the summary of a year are set as PDF."""

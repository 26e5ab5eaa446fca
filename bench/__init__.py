"""Measurements of seconds and rates, as ratios taken side by side in one run. `python -m bench` runs them all."""

"""The paper's public pages."""

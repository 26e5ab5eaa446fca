"""Stories, films, pictures, people, sections, running stories and places."""

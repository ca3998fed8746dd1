"""What editors and shells need to know of the language: highlighting, completion, grammars."""

"""Staff pages: the desk with its cases, the data desk, and the menu that leads to every page of the house."""

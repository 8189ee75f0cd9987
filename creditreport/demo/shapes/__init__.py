"""How each invented department writes its records down: real tables' columns, real tables' habits."""

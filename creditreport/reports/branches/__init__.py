"""The page where a business gets the reports of its branches together with its own."""

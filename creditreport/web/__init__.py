"""What all pages share: security headers, the choice of language, error pages, health, words."""

"""Changes of the coding scheme as their files hold them."""

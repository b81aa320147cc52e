"""What people do, without HTTP: adding, screening, coding, changing the scheme, teaching."""

"""What all routes share: paging, errors, middleware."""

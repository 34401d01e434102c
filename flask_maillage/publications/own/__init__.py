"""A member's own page: what those whom they follow publish, what closes soon, what waits for them."""

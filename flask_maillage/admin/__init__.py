"""The pages of those who administer the node: federation, deliveries, letters, reports."""

"""A task as it travels: its data, its route, its progress and the order of its states."""

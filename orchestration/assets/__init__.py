"""The assets of the night, in the order of the data: landed feeds, models, publication."""

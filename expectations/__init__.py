"""Great Expectations suites at the two borders of the warehouse: landed batches and published marts.

The only package that imports great_expectations.
"""

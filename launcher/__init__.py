"""Sets up and runs the product on a machine that has Python and nothing else of ours."""

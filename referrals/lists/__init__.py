"""The lists that people work from: what they show, which rows, in which order. A list's state is its address."""

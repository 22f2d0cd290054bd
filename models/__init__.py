"""What is remembered: the tables, one a file, and the session scope, which holds the only commit."""

"""What may be done: one verb a file. Every edge (command line, web page, Prefect) calls these and nothing below."""

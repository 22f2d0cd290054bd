"""What can be known: read-only figures and views. The same ones for the command line, the page and the flows."""

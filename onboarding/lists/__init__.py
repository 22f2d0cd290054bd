"""Reading a list of candidates as a jobcenter exports it, and saying everything that is wrong with it.

`table.read_table` turns a file into rows without trusting it; `correcting.corrected` puts in what somebody typed in
place of a cell, and leaves out the rows that they did without; `rows.parse_rows` turns rows into candidates.
Nothing here knows of the database.
"""

"""Whether everything that must be true of what is stored is true: each row held against all that it follows from.

What is wrong is said by reference, never by anybody's name. Nothing is changed here.
"""

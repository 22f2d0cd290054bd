"""What a pathway is and what it decides. Pure: no database, no clock, no input or output."""

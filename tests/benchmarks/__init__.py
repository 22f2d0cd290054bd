"""The measurements, each at its smallest: that they run, and that what they count is right."""

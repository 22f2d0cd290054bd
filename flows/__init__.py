"""When and where the pathways are swept: Prefect. And the tracks themselves, one folder each."""

"""The tapset: the functions (.py) and aliases (.stp) that scripts use."""

"""What holds for ALL answers that a person can give: proven by a solver, never sampled."""

"""How long things are kept, what goes then, and what stays gone."""

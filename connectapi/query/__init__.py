"""Questions and answers: the query methods of every class, and what they return."""

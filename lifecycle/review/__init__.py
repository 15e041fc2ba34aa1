"""What both sides of a project look at together: goals, joint reviews, and what the next project is to do otherwise."""

-- What was agreed is said of a project, by both of its sides (project_goal).
DROP TABLE figure_goal;

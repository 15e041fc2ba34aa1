"""What a project costs: budget, orders, costs and payments by day, and labour by person, trade and month."""

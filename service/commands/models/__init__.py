"""The commands about models: training, who is in charge, proposals."""

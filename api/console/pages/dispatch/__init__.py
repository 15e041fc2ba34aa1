"""The pages of what goes out: notices to people, requests to engineering."""

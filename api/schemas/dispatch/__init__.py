"""The documents of what goes out: notices to people, requests to engineering, and what comes back."""

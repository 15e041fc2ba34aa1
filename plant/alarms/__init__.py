"""What alarms are beside the single alert: incidents, floods, and what was thought through before they come."""

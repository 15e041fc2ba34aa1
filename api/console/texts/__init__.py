"""Every text of the console, in English and Simplified Chinese."""
